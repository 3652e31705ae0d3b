import type { Entry, Mapping, Node } from './tree.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import { didYouMean, nearestName } from '../../table/rules/nearest-name.ts';
import { quote } from '../diagnostic/quote.ts';
import { hideSpan } from '../source/span.ts';
import type { Span } from '../source/span.ts';
import { hideStraySecret, soundsSecret } from './hide-stray-secret.ts';
import { canonicalKey } from '../fields/canonical-key.ts';
import type { Field } from '../fields/field.ts';
import { wrongType } from './wrong-type.ts';
import { readScalar } from './read-scalar.ts';
import type { FieldReader, PlacedReader } from './read-scalar.ts';
import type { AnyShape, Element, RecordShape, ScalarShape, Shape } from '../fields/shape.ts';

/**
 * Gives what a node holds, read by its shape, or undefined when it is faulty as a whole. Faults are
 * reported; a faulty field inside keeps its place, with an undefined value.
 */
export function readFields<T>(node: Node, shape: Shape<T>, reader: FieldReader): T | undefined {
  return readNode(node, shape, '', { ...reader, path: '' }) as T | undefined;
}

function readNode(node: Node, shape: AnyShape, name: string, reader: PlacedReader): unknown {
  if (shape.kind === 'record') return readRecord(node, shape, name, reader);
  if (shape.kind === 'map') return readMap(node, shape.of, name, reader);
  if (shape.kind === 'list') return readList(node, shape.of, name, reader);
  if (shape.kind === 'words') return readWords(node, name, reader);
  return readScalar(node, shape, name, reader);
}

function below(reader: PlacedReader, key: string): PlacedReader {
  return { ...reader, path: reader.path === '' ? key : `${reader.path}/${key}` };
}

/** Nothing at all stands for an empty mapping: `connections:` alone is no fault. */
function asMapping(node: Node): Mapping | null {
  if (node.kind === 'mapping') return node;
  if (node.kind === 'scalar' && node.value === null)
    return { kind: 'mapping', span: node.span, entries: new Map() };
  return null;
}

function readRecord(node: Node, shape: RecordShape, name: string, reader: PlacedReader): unknown {
  const mapping = asMapping(node);
  if (mapping === null) return wrongType(node, shape, { ...reader, name });
  const fields: Record<string, Field<unknown>> = Object.create(null) as Record<string, Field<unknown>>;
  for (const [key, entry] of mapping.entries) {
    const canonical = canonicalKey(key, shape.fields);
    if (canonical === null) {
      reportUnknown(key, entry, shape, reader);
      continue;
    }
    const spec = shape.fields[canonical];
    const before = fields[canonical];
    if (spec === undefined) continue;
    if (before !== undefined) {
      hideSpan(entry.value.span);
      reader.report(
        diagnostic('GW2007', entry.key, {
          message: `${quote(key)} and ${quote(before.key.source.text.slice(before.key.start, before.key.end))} are the same key`,
          notes: [{ message: 'it was given first here', span: before.key }],
        }),
      );
      continue;
    }
    fields[canonical] = fieldOf(entry, readNode(entry.value, spec.shape, key, below(reader, canonical)));
  }
  reportMissing(shape, fields, { name, span: mapping.span, reader });
  return fields;
}

function fieldOf(entry: Entry, value: unknown): Field<unknown> {
  return { key: entry.key, span: entry.value.span, value };
}

function reportUnknown(key: string, entry: Entry, shape: RecordShape, reader: FieldReader): void {
  const known = Object.entries(shape.fields).flatMap(([name, spec]) => [name, ...(spec.aliases ?? [])]);
  const nearest = nearestName(key, known);
  const meant = nearest === null ? null : shape.fields[canonicalKey(nearest, shape.fields) ?? ''];
  hideStraySecret(
    entry.value,
    meant === null || meant === undefined ? soundsSecret(key) : meant.shape.kind === 'secret',
  );
  if (Object.hasOwn(shape.foreign, key)) {
    reader.report(
      diagnostic('GW2008', entry.key, {
        message: `${quote(key)} is not a field of this gateway`,
        help: shape.foreign[key] ?? null,
      }),
    );
    return;
  }
  const label = didYouMean(key, known);
  reader.report(
    diagnostic('GW2003', entry.key, {
      message: `unknown key ${quote(key)}`,
      label,
      help: label === '' ? knownKeys(Object.keys(shape.fields)) : null,
    }),
  );
}

function knownKeys(keys: readonly string[]): string {
  if (keys.length > 12) return 'docs/schema/ has all keys';
  return keys.length === 0 ? 'there are no keys here' : `known here: ${keys.join(', ')}`;
}

function reportMissing(
  shape: RecordShape,
  fields: Readonly<Record<string, unknown>>,
  at: { readonly name: string; readonly span: Span; readonly reader: FieldReader },
): void {
  for (const [key, spec] of Object.entries(shape.fields)) {
    if (spec.required !== true || fields[key] !== undefined) continue;
    const place = { source: at.span.source, start: at.span.start, end: at.span.start };
    const where = at.name === '' ? '' : ` in ${quote(at.name)}`;
    at.reader.report(
      diagnostic('GW2006', place, {
        message: `the key ${quote(key)} is missing${where}`,
        help: spec.doc,
      }),
    );
  }
}

function readMap(node: Node, of: AnyShape, name: string, reader: PlacedReader): unknown {
  const mapping = asMapping(node);
  if (mapping === null) return wrongType(node, { kind: 'map', of }, { ...reader, name });
  const named = new Map<string, Field<unknown>>();
  for (const [key, entry] of mapping.entries) {
    named.set(key, fieldOf(entry, readNode(entry.value, of, key, below(reader, key))));
  }
  return named;
}

function readList(node: Node, of: AnyShape, name: string, reader: PlacedReader): unknown {
  if (node.kind !== 'sequence') return wrongType(node, { kind: 'list', of }, { ...reader, name });
  return node.elements.map((element): Element<unknown> => {
    return { span: element.span, value: readNode(element, of, name, reader) };
  });
}

function readWords(node: Node, name: string, reader: PlacedReader): unknown {
  const single = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : null;
  if (single !== null) return single.split(/\s+/).filter((part) => part !== '');
  if (node.kind !== 'sequence') return wrongType(node, { kind: 'words' }, { ...reader, name });
  const of: ScalarShape = { kind: 'text', empty: false };
  const texts = node.elements.map((element) => readScalar(element, of, name, reader));
  return texts.filter((text) => typeof text === 'string');
}
