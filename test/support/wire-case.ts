import { readFileSync } from 'node:fs';

/** One fenced block of a case: what it is, its flags, and its text as written (lines without their ends). */
export interface WireBlock {
  readonly kind: 'table' | 'caller' | 'upstream' | 'answer' | 'response';
  readonly flags: readonly string[];
  readonly lines: readonly string[];
  /** Line of the opening fence in the file, from 1. */
  readonly at: number;
}

/** A case: the heading that names it, and its blocks in order. */
export interface WireCase {
  readonly title: string;
  readonly blocks: readonly WireBlock[];
}

/** Flags that a block of each kind may bear; see test/runtime/wire/README.md. */
const FLAGS: Readonly<Record<WireBlock['kind'], readonly string[]>> = {
  table: [],
  caller: ['end', 'reset'],
  upstream: ['cut'],
  answer: ['early', 'cut'],
  response: ['closed'],
};

/** Reads the cases of a file. Throws, with the line, on what is not in the notation. */
export function readWireCases(path: string): WireCase[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  const cases: { title: string; blocks: WireBlock[] }[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line.startsWith('## ')) cases.push({ title: line.slice(3), blocks: [] });
    if (!line.startsWith('```')) continue;
    const end = lines.indexOf('```', at + 1);
    const [kind = '', ...flags] = line.slice(3).split(' ');
    const current = cases.at(-1);
    if (
      end < 0 ||
      current === undefined ||
      !isKind(kind) ||
      flags.some((flag) => !FLAGS[kind].includes(flag))
    )
      throw new Error(`${path}:${at + 1}: ${line} is no block of the notation`);
    current.blocks.push({ kind, flags, lines: lines.slice(at + 1, end), at: at + 1 });
    at = end;
  }
  return cases;
}

function isKind(kind: string): kind is WireBlock['kind'] {
  return Object.hasOwn(FLAGS, kind);
}

/** What stands for bytes that differ from run to run, or that are long. */
export type Placeholders = Readonly<Record<string, string>>;

/** Gives the bytes (Latin-1) that a block's lines stand for. */
export function bytesOf(lines: readonly string[], placeholders: Placeholders): string {
  return lines
    .map((line) => {
      const filled = line.replace(/\{(?:([a-z_]+)|([^{}]+)\*(\d+))\}/g, (whole, name, text, count) =>
        name === undefined ? String(text).repeat(Number(count)) : (placeholders[String(name)] ?? whole),
      );
      const joined = /(?<!\\)(?:\\\\)*\\$/.test(filled);
      return unescape(joined ? filled.slice(0, -1) : filled) + (joined ? '' : '\r\n');
    })
    .join('');
}

const ESCAPES: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', '\\': '\\' };

function unescape(text: string): string {
  return text.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (whole, hex?: string, letter?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    const byte = ESCAPES[letter ?? ''];
    if (byte === undefined) throw new Error(`${whole} is no escape of the notation`);
    return byte;
  });
}
