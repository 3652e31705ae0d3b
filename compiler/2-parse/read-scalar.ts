import type { Node, Scalar } from './tree.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import type { Code } from '../diagnostic/codes.ts';
import { didYouMean } from '../../table/rules/nearest-name.ts';
import { quote, quoteList } from '../diagnostic/quote.ts';
import { hideSpan } from '../source/span.ts';
import type { Span } from '../source/span.ts';
import { expected } from './expected.ts';
import { DURATION_MAX_MS, readDuration, readSize } from '../fields/quantity.ts';
import type { AnyShape, ScalarShape } from '../fields/shape.ts';
import { hideStraySecret } from './hide-stray-secret.ts';
import { wrongType } from './wrong-type.ts';
import {
  holdsPassword,
  looksLikeReference,
  readUrlParts,
  readWritten,
  withoutReferences,
} from '../fields/written.ts';
import type { Written, WrittenFault } from '../fields/written.ts';

/** Text that holds nothing but names and references: it can be shown. */
const BARE_REFERENCES = /^[a-z:/.]*\$\{(?:env|file):[\w./]*\}[a-z:/.0-9]*$/;
/**
 * A reference in the form of another tool: `${NAME}`, `${vault:path}`. It can be shown; what stands for a
 * value that is missing, `${env:NAME:-value}`, cannot.
 */
const NAMED_REFERENCE = /^\$\{(?:[A-Z][A-Z0-9_]*|[a-z]+:[\w./]*)\}$/;

/** What reading needs: where faults go, and where secrets that are written out are noted for the rule about them. */
export interface FieldReader {
  readonly report: Report;
  readonly literals: LiteralSecret[];
}

/** A reader at one place of a declaration. */
export interface PlacedReader extends FieldReader {
  /** The keys on the way here, with `/` between them. */
  readonly path: string;
}

/** A secret that is written out. */
export interface LiteralSecret {
  readonly name: string;
  readonly span: Span;
  /** It is the password inside a URL. */
  readonly inUrl?: boolean;
}

interface ScalarReader extends PlacedReader {
  readonly name: string;
  readonly scalar: Scalar;
}

/** Gives what a scalar holds, read by its shape, or undefined when it is faulty, which is reported. */
export function readScalar(node: Node, shape: ScalarShape, name: string, reader: PlacedReader): unknown {
  if (node.kind !== 'scalar') return wrongType(node, shape, { ...reader, name });
  const at: ScalarReader = { ...reader, name, scalar: node };
  switch (shape.kind) {
    case 'text':
      return readText(at, shape);
    case 'word':
      return readWord(at, shape);
    case 'flag':
      return typeof node.value === 'boolean' ? node.value : wrongType(node, shape, at);
    case 'integer':
    case 'positive':
      return readNumber(at, shape);
    case 'duration':
    case 'size':
      return readQuantity(at, shape);
    case 'secret':
    case 'value':
      return readSecretOrValue(at, shape);
    case 'secret_url':
      return readUrl(at);
  }
}

function refuse(at: ScalarReader, code: Code, message: string, help: string | null = null): undefined {
  at.report(diagnostic(code, at.scalar.span, { message, help }));
  return undefined;
}

function readText(at: ScalarReader, shape: AnyShape & { kind: 'text' }): string | undefined {
  const { value, span } = at.scalar;
  if (typeof value !== 'string') return wrongType(at.scalar, shape, at);
  if (value === '' && !shape.empty) return refuse(at, 'GW2013', `${quote(at.name)} is empty`);
  if (looksLikeReference(value)) {
    if (!BARE_REFERENCES.test(value)) hideSpan(span);
    return refuse(
      at,
      'GW2011',
      `${quote(at.name)} takes no reference`,
      'only fields for secrets, static_headers, variables and store take references',
    );
  }
  return value;
}

function readWord(at: ScalarReader, shape: AnyShape & { kind: 'word' }): string | undefined {
  const { value } = at.scalar;
  const written = typeof value === 'boolean' ? at.scalar.written : value;
  if (typeof written !== 'string') return wrongType(at.scalar, shape, at);
  if (shape.words.includes(written)) return written;
  const nearest = didYouMean(written, shape.words);
  const hint = Object.hasOwn(shape.hints, written) ? shape.hints[written] : undefined;
  if (nearest === '' && hint === undefined) hideStraySecret(at.scalar, false);
  at.report(
    diagnostic('GW2002', at.scalar.span, {
      message: `${quote(at.name)} takes ${quoteList(shape.words, 'or')}`,
      label: hint === undefined ? nearest : '',
      help: hint ?? null,
    }),
  );
  return undefined;
}

function readNumber(
  at: ScalarReader,
  shape: AnyShape & { kind: 'integer' | 'positive' },
): number | undefined {
  const { value } = at.scalar;
  if (typeof value !== 'number') return wrongType(at.scalar, shape, at);
  const low = shape.kind === 'integer' ? value < shape.min : value <= 0;
  if (low || !Number.isFinite(value) || value > Number.MAX_SAFE_INTEGER) {
    return refuse(at, 'GW2009', `${quote(at.name)} takes ${expected(shape)}`);
  }
  if (shape.kind === 'integer' && !Number.isInteger(value)) return wrongType(at.scalar, shape, at);
  return value;
}

function readQuantity(at: ScalarReader, shape: AnyShape & { kind: 'duration' | 'size' }): number | undefined {
  const { value } = at.scalar;
  const code = shape.kind === 'duration' ? 'GW2004' : 'GW2005';
  const plain = shape.kind === 'duration' ? shape.seconds : shape.bytes;
  if (typeof value === 'number' && plain) {
    const amount = shape.kind === 'duration' ? value * 1000 : value;
    if (Number.isInteger(value) && value > 0 && amount <= limitOf(shape)) return amount;
  }
  if (typeof value !== 'number' && typeof value !== 'string') return wrongType(at.scalar, shape, at);
  const amount =
    typeof value !== 'string' ? null : shape.kind === 'duration' ? readDuration(value) : readSize(value);
  if (amount !== null && amount <= limitOf(shape)) return amount;
  hideStraySecret(at.scalar, false);
  const units = shape.kind === 'duration' ? 'ms, s, m, h or d' : 'B, KiB, MiB or GiB';
  const help =
    amount === null ? `write a whole number above 0 and a unit: ${units}` : 'the value is too large';
  return refuse(at, code, `${quote(at.name)} takes ${expected(shape)}`, help);
}

function limitOf(shape: AnyShape & { kind: 'duration' | 'size' }): number {
  return shape.kind === 'duration' && !shape.long ? DURATION_MAX_MS : Number.MAX_SAFE_INTEGER;
}

function readSecretOrValue(
  at: ScalarReader,
  shape: AnyShape & { kind: 'secret' | 'value' },
): Written | undefined {
  const { value, span } = at.scalar;
  if (typeof value !== 'string') return wrongType(at.scalar, shape, at);
  if (value === '') {
    if (shape.kind === 'value') return { kind: 'literal', text: '' };
    return refuse(at, 'GW2013', `${quote(at.name)} is empty`, 'write a reference, or remove the key');
  }
  const written = readWritten(value);
  if (typeof written === 'string') {
    if (written !== 'reference' || !NAMED_REFERENCE.test(value)) hideSpan(span);
    return refuseReference(at, written);
  }
  if (written.kind === 'sealed') return { ...written, boundTo: at.path };
  if (written.kind !== 'literal') return written;
  if (shape.kind === 'secret') {
    hideSpan(span);
    at.literals.push({ name: at.name, span });
  } else if (/[\r\n\0]|-----BEGIN|:\/\/[^/\s]*@/.test(value)) {
    hideSpan(span);
  }
  return written;
}

function refuseReference(at: ScalarReader, fault: WrittenFault): undefined {
  if (fault === 'sealed') {
    return refuse(
      at,
      'GW2012',
      `the sealed text of ${quote(at.name)} is malformed`,
      'sealed text is `sealed:v1:<key id>:<base64>`; was it pasted whole?',
    );
  }
  const message =
    fault === 'part'
      ? `the reference in ${quote(at.name)} does not stand as the whole value`
      : `the reference in ${quote(at.name)} is malformed`;
  return refuse(
    at,
    'GW2010',
    message,
    'references are `${env:NAME}` and `${file:PATH}`, and stand as the whole value',
  );
}

function readUrl(at: ScalarReader): readonly Written[] | undefined {
  const { value, span } = at.scalar;
  if (typeof value !== 'string') return wrongType(at.scalar, { kind: 'secret_url' }, at);
  if (value === '') return refuse(at, 'GW2013', `${quote(at.name)} is empty`);
  const parts = readUrlParts(value);
  if (parts === null) {
    hideSpan(span);
    const message = value.includes('sealed:v1:')
      ? `${quote(at.name)} takes no sealed text`
      : `a reference in ${quote(at.name)} is malformed`;
    return refuse(
      at,
      'GW2010',
      message,
      'references stand inside the URL, as `${env:NAME}` or `${file:PATH}`',
    );
  }
  if (/:\/\/[^/?#]*@/.test(withoutReferences(parts))) hideSpan(span);
  if (holdsPassword(parts)) {
    hideSpan(span);
    at.literals.push({ name: at.name, span, inUrl: true });
  }
  return parts;
}
