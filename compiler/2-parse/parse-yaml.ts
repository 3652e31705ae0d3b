import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Document, Pair, ParsedNode, Scalar as YamlScalar } from 'yaml';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import { hideSpan, wholeSource } from '../source/span.ts';
import type { Span } from '../source/span.ts';
import type { Source } from '../source/source.ts';
import { hideCommentedSecrets } from './hide-commented-secrets.ts';
import { hideLikelySecrets } from './hide-likely-secrets.ts';
import type { Entry, Node, Scalar } from './tree.ts';
import { syntaxFault } from './yaml-fault.ts';

const DEPTH_MAX = 64;
const VALUES_MAX = 100_000;

/** What a file holds: `root` is null when it is empty, or `broken`, when nothing of it can be trusted. */
export interface ParsedYaml {
  readonly root: Node | null;
  readonly broken: boolean;
}

/**
 * Gives the positioned tree of a YAML file that people wrote. Syntax faults leave no tree; a duplicate
 * key or an alias too many is reported and left out, and the rest is read on.
 */
export function parseYaml(source: Source, report: Report): ParsedYaml {
  let broken = false;
  const document = compose(source, (one) => {
    broken = true;
    hideLikelySecrets(source);
    report(one);
  });
  if (document === null || document.contents === null) return { root: null, broken };
  hideCommentedSecrets(source);
  const reader: Reader = {
    source,
    report,
    anchors: new Map(),
    unused: new Map(),
    open: new Set(),
    count: 0,
    abandoned: false,
  };
  const root = convert(document.contents as ParsedNode, reader, 0)?.node ?? null;
  for (const [name, { start }] of reader.unused) hideAnchor(source, name, start);
  if (!reader.abandoned) return { root, broken };
  hideLikelySecrets(source);
  return { root: null, broken: true };
}

/** An anchor that nothing refers to may be a password that happens to begin with `&`. */
function hideAnchor(source: Source, name: string, before: number): void {
  const start = source.text.lastIndexOf(`&${name}`, before);
  if (start >= 0) hideSpan({ source, start, end: start + name.length + 1 });
}

interface Reader {
  readonly source: Source;
  readonly report: Report;
  readonly anchors: Map<string, Converted>;
  /** Anchors that no alias has referred to yet, with the places of their values. */
  readonly unused: Map<string, Span>;
  /** Anchors of the collections that are being read: an alias to one of them would never end. */
  readonly open: Set<string>;
  count: number;
  /** True when a limit was met: the rest is not read. */
  abandoned: boolean;
}

/** A node and how many values it holds, aliases written out. */
interface Converted {
  readonly node: Node;
  readonly size: number;
}

/** The library's border: what it throws on hostile nesting becomes a diagnostic here. */
function compose(source: Source, report: Report): Document | null {
  try {
    const documents = parseAllDocuments(source.text, {
      version: '1.2',
      schema: 'core',
      merge: false,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
      lineCounter: new LineCounter(),
      intAsBigInt: false,
    });
    if (!Array.isArray(documents)) return null;
    const [first, second] = documents as Document[];
    const fault = first?.errors[0] ?? first?.warnings[0];
    if (first !== undefined && fault !== undefined) {
      report(syntaxFault(source, fault, first));
      return null;
    }
    if (second !== undefined) {
      const start = Math.max(0, second.range?.[0] ?? 0);
      report(
        diagnostic('GW1013', dashes(source, start), {
          message: 'a file holds one YAML document',
          label: 'a second one begins here',
        }),
      );
      return null;
    }
    return first ?? null;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report(
      diagnostic('GW1012', wholeSource(source), {
        message: `values are nested deeper than ${DEPTH_MAX} levels`,
      }),
    );
    return null;
  }
}

function dashes(source: Source, start: number): Span {
  const at = source.text.lastIndexOf('---', start);
  return at === -1 ? { source, start, end: start } : { source, start: at, end: at + 3 };
}

function spanOf(node: ParsedNode, reader: Reader): Span {
  return { source: reader.source, start: node.range[0], end: node.range[1] };
}

function convert(node: ParsedNode, reader: Reader, depth: number): Converted | null {
  const span = spanOf(node, reader);
  if (reader.abandoned) return null;
  if (depth > DEPTH_MAX) {
    reader.abandoned = true;
    reader.report(
      diagnostic('GW1012', span, { message: `values are nested deeper than ${DEPTH_MAX} levels` }),
    );
    return null;
  }
  if (isAlias(node)) return convertAlias(node.source, span, reader);
  if (isScalar(node)) return anchored(node.anchor, convertScalar(node, span), reader);
  const anchor = node.anchor;
  if (anchor !== undefined) reader.open.add(anchor);
  const converted = isMap(node) ? convertMapping(node.items, span, reader, depth) : null;
  const result = isSeq(node) ? convertSequence(node.items, span, reader, depth) : converted;
  if (anchor !== undefined) reader.open.delete(anchor);
  if (result !== null) reader.count += 1;
  return result === null ? null : anchored(anchor, result, reader);
}

function anchored(anchor: string | undefined, converted: Converted, reader: Reader): Converted {
  if (anchor === undefined) return converted;
  reader.anchors.set(anchor, converted);
  reader.unused.set(anchor, converted.node.span);
  return converted;
}

/** An alias stands for the anchor's values, at the alias's own place in faults about its size. */
function convertAlias(name: string, span: Span, reader: Reader): Converted | null {
  if (reader.open.has(name)) {
    reader.report(
      diagnostic('GW1011', span, { message: `the alias ${quote(name)} refers to what it stands in` }),
    );
    return null;
  }
  const target = reader.anchors.get(name);
  if (target === undefined) {
    // It may be a password that happens to begin with `*`: not told.
    hideSpan(span);
    reader.report(
      diagnostic('GW1011', span, {
        message: 'the alias refers to nothing before it',
        help: 'a text that begins with "*" needs quotes',
      }),
    );
    return null;
  }
  reader.unused.delete(name);
  reader.count += target.size;
  if (reader.count > VALUES_MAX) {
    reader.abandoned = true;
    reader.report(
      diagnostic('GW1011', span, { message: `aliases expand this file to more than 100,000 values` }),
    );
    return null;
  }
  return target;
}

function convertScalar(node: YamlScalar, span: Span): Converted {
  const { value } = node;
  const known = value === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
  const written = typeof value === 'string' ? value : (node.source ?? '');
  return {
    node: { kind: 'scalar', span, value: known ? (value as Scalar['value']) : written, written },
    size: 1,
  };
}

function convertSequence(
  elements: readonly unknown[],
  span: Span,
  reader: Reader,
  depth: number,
): Converted | null {
  const nodes: Node[] = [];
  let size = 1;
  for (const element of elements as ParsedNode[]) {
    const converted = convert(element, reader, depth + 1);
    if (converted === null) continue;
    nodes.push(converted.node);
    size += converted.size;
  }
  return { node: { kind: 'sequence', span, elements: nodes }, size };
}

function convertMapping(
  pairs: readonly unknown[],
  span: Span,
  reader: Reader,
  depth: number,
): Converted | null {
  const entries = new Map<string, Entry>();
  let size = 1;
  for (const pair of pairs as Pair<ParsedNode, ParsedNode | null>[]) {
    const key = nameOf(pair.key, reader);
    const value = pair.value === null ? emptyAfter(pair.key, reader) : convert(pair.value, reader, depth + 1);
    if (value === null) continue;
    if (key === null) {
      hideSpan(value.node.span);
      continue;
    }
    const at = spanOf(pair.key, reader);
    const before = entries.get(key);
    if (before !== undefined) {
      hideSpan(value.node.span);
      hideSpan(before.value.span);
      reader.report(
        diagnostic('GW1010', at, {
          message: `the key ${quote(key)} is given twice`,
          notes: [{ message: 'it was given first here', span: before.key }],
        }),
      );
      continue;
    }
    entries.set(key, { key: at, value: value.node });
    size += value.size;
  }
  return { node: { kind: 'mapping', span, entries }, size };
}

function emptyAfter(key: ParsedNode, reader: Reader): Converted {
  const end = key.range[1];
  const span = { source: reader.source, start: end, end };
  return { node: { kind: 'scalar', span, value: null, written: '' }, size: 1 };
}

function nameOf(key: ParsedNode, reader: Reader): string | null {
  const span = spanOf(key, reader);
  if (isScalar(key) && key.source === '<<' && key.type === 'PLAIN') {
    reader.report(
      diagnostic('GW1015', span, {
        message: 'merge keys (`<<`) are not read',
        help: 'write the keys out, or use an alias for a whole value',
      }),
    );
    return null;
  }
  if (isScalar(key) && typeof key.value === 'string') return key.value;
  const help = isScalar(key) ? 'put quotes around it' : null;
  reader.report(diagnostic('GW1014', span, { message: 'a key must be text', help }));
  return null;
}
