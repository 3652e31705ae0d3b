import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { decodeText } from '../../compiler/1-read/read-file-inside.ts';
import { readWorkspace } from '../../compiler/1-read/read-workspace.ts';
import { readDeclarations } from '../../compiler/3-resolve/read-declarations.ts';
import { sortDiagnostics } from '../../compiler/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../compiler/diagnostic/diagnostic.ts';
import type { Source } from '../../compiler/source/source.ts';
import { Hidden } from '../../runtime/hidden.ts';
import { open, seal } from '../../runtime/sealing/envelope.ts';
import type { SealingKeys } from '../../runtime/sealing/sealing-keys.ts';
import { plural } from '../plural.ts';
import { printDiagnostics } from '../print-diagnostics.ts';
import { requiredKeys } from './encryption-keys.ts';
import { findSealed } from './find-sealed.ts';
import type { SealedPlace } from './find-sealed.ts';
import { replaceFiles } from './replace-files.ts';
import type { Replacement } from './replace-files.ts';

/** What stands in place of a text. */
interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Seals the sealed texts of gateway.d again with the first key, where they stand, and prints how many. No other byte
 * changes. Gives the exit code: 1 where anything is wrong, and then no file was changed.
 */
export function rotateYaml(dir: string): number {
  const keys = requiredKeys();
  const workspace = readWorkspace(dir, null);
  const found: Diagnostic[] = [...workspace.diagnostics];
  const declarations = readDeclarations(workspace.gatewayFiles, {
    report: (one) => found.push(one),
    literals: [],
  });
  if (found.some(({ severity }) => severity === 'error')) {
    printDiagnostics(sortDiagnostics(found), 'text');
    return refuse([]);
  }
  const places = findSealed(declarations);
  const resealed = places.map((place) => ({ place, change: changeOf(place, keys) }));
  const faults = resealed.flatMap(({ change }) => (typeof change === 'string' ? [change] : []));
  const texts = workspace.gatewayFiles.map((source) => {
    const changes = resealed.flatMap(({ place, change }) =>
      place.span.source === source && typeof change === 'object' && change !== null ? [change] : [],
    );
    return { source, text: changedText(source.text, changes) };
  });
  const files = texts.flatMap(({ source, text }) =>
    text === source.text ? [] : [changedFile(dir, source, text)],
  );
  for (const file of files) if (typeof file === 'string') faults.push(file);
  if (faults.length > 0) return refuse(faults);
  replaceFiles(files.filter((file) => typeof file === 'object'));
  const count = resealed.filter(({ change }) => change !== null).length;
  process.stdout.write(
    `sealed ${plural(count, 'text')} again with the key ${keys.first.id}, in ${plural(files.length, 'file')}; ` +
      `${places.length - count} had it already\n`,
  );
  for (const { source, text } of texts) tellComments(source.path, text, keys.first.id);
  return 0;
}

function refuse(faults: readonly string[]): number {
  for (const fault of faults) tell(fault);
  tell('no file was changed');
  return 1;
}

/** Gives what changes for a sealed text: nothing where the first key sealed it, or what is wrong. */
function changeOf(place: SealedPlace, keys: SealingKeys): Change | string | null {
  const opened = place.boundTo.map((boundTo) => ({ boundTo, value: open(place.text, boundTo, keys) }));
  const one = opened.find(({ value }) => value instanceof Hidden);
  if (one === undefined || !(one.value instanceof Hidden)) return `${place.at}: ${whyClosed(opened)}`;
  if (place.text.startsWith(`sealed:v1:${keys.first.id}:`)) return null;
  const { source, start, end } = place.span;
  const within = source.slice(start, end).indexOf(place.text);
  // Escapes and folded lines: there is nothing that could be put in its place as it is.
  if (within === -1) return `${place.at}: the sealed text has to stand as it is, in one line`;
  const at = start + within;
  return { start: at, end: at + place.text.length, text: seal(one.value.reveal(), one.boundTo, keys) };
}

function whyClosed(opened: readonly { readonly boundTo: string; readonly value: unknown }[]): string {
  const places = opened.map(({ boundTo }) => boundTo).join(', ');
  return opened.some(({ value }) => value === 'key_unknown')
    ? 'none of the keys sealed this text'
    : `this text was sealed for another place than ${places}, or was changed`;
}

function changedText(text: string, changes: readonly Change[]): string {
  let changed = '';
  let at = 0;
  for (const change of [...changes].sort((one, other) => one.start - other.start)) {
    changed += text.slice(at, change.start) + change.text;
    at = change.end;
  }
  return changed + text.slice(at);
}

/** Gives a file with its new bytes, or what is wrong. A byte order mark stays: the text was read without it. */
function changedFile(dir: string, source: Source, text: string): Replacement | string {
  const path = realpathSync(join(dir, source.path));
  const before = readFileSync(path);
  const read = decodeText(before);
  if (!('text' in read) || read.text !== source.text) return `${source.path}: it changed meanwhile`;
  const mark = before.subarray(0, before.length - Buffer.byteLength(read.text));
  return { path, bytes: Buffer.concat([mark, Buffer.from(text)]) };
}

/** What is commented out stays as it is: whoever takes an old key away should know. */
function tellComments(path: string, text: string, firstKey: string): void {
  const keys = [...text.matchAll(/sealed:v1:([A-Za-z0-9_-]{1,64}):[A-Za-z0-9+/=]+/g)].map(([, key]) => key);
  for (const key of new Set(keys))
    if (key !== firstKey)
      tell(`${path} has sealed text of the key ${key} in a comment, which stays as it is`);
}

function tell(line: string): void {
  process.stderr.write(`gw secret rotate: ${line}\n`);
}
