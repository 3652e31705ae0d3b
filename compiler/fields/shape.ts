import { foldHeaderName } from '../../table/rules/fold-header-name.ts';
import type { Fields, Named } from './field.ts';
import type { Span } from '../source/span.ts';
import type { UrlParts, Written } from './written.ts';

/**
 * What a value may be, as data: the compiler reads with it and the JSON Schemas are made from it, so the
 * two cannot differ. `Shape<T>` gives a T when it is read.
 */
export type Shape<T> = AnyShape & { readonly gives?: T };

export type AnyShape =
  | { readonly kind: 'text'; readonly empty: boolean }
  | { readonly kind: 'integer'; readonly min: number }
  | { readonly kind: 'positive' }
  | { readonly kind: 'flag' }
  | {
      readonly kind: 'word';
      readonly words: readonly string[];
      readonly hints: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'duration'; readonly seconds: boolean; readonly long: boolean }
  | { readonly kind: 'size'; readonly bytes: boolean }
  | { readonly kind: 'secret' }
  | { readonly kind: 'value' }
  | { readonly kind: 'secret_url' }
  | { readonly kind: 'words' }
  | { readonly kind: 'list'; readonly of: AnyShape }
  | { readonly kind: 'map'; readonly of: AnyShape; readonly sameName?: (name: string) => string }
  | RecordShape;

/** What one YAML scalar holds. */
export type ScalarShape = Exclude<AnyShape, { readonly kind: 'words' | 'list' | 'map' | 'record' }>;

export interface RecordShape {
  readonly kind: 'record';
  readonly fields: Readonly<Record<string, FieldSpec<unknown>>>;
  /** Keys of other systems, with the reason why they are none here. */
  readonly foreign: Readonly<Record<string, string>>;
  /** By key: keys that mean nothing beside it. Where it is written over a family's, theirs are not taken on. */
  readonly instead: Readonly<Record<string, readonly string[]>>;
}

/** One key: what it takes, and one line of documentation. */
export interface FieldSpec<T> {
  readonly shape: Shape<T>;
  readonly doc: string;
  /** The default as text for people; phase 5-lower fills the values. */
  readonly default?: string;
  readonly required?: boolean;
  /** Checked and carried in the table, but nothing that this version serves looks at it. */
  readonly unused?: boolean;
  readonly aliases?: readonly string[];
}

export const text: Shape<string> = { kind: 'text', empty: false };
/** A text that may be empty. */
export const anyText: Shape<string> = { kind: 'text', empty: true };
export const flag: Shape<boolean> = { kind: 'flag' };
export const positive: Shape<number> = { kind: 'positive' };
export const duration: Shape<number> = { kind: 'duration', seconds: false, long: false };
/** A duration that may also be written as a number of seconds. */
export const durationOrSeconds: Shape<number> = { kind: 'duration', seconds: true, long: false };
/** A duration that no timer counts, such as the life of a refresh token. */
export const longDuration: Shape<number> = { kind: 'duration', seconds: false, long: true };
export const size: Shape<number> = { kind: 'size', bytes: false };
/** A size that may also be written as a number of bytes. */
export const sizeOrBytes: Shape<number> = { kind: 'size', bytes: true };
/** Only a reference or sealed text (or, for `gw dev`, a literal). */
export const secret: Shape<Written> = { kind: 'secret' };
/** Public when written out, secret when it is a reference. */
export const value: Shape<Written> = { kind: 'value' };
/** A URL in which references may stand. */
export const secretUrl: Shape<UrlParts> = { kind: 'secret_url' };
/** A list of words, or one text with spaces between them. */
export const words: Shape<readonly string[]> = { kind: 'words' };

/** A whole number from `min` on. */
export function integer(min: number): Shape<number> {
  return { kind: 'integer', min };
}

/** One of a few words. `hints` say what to write instead of some others. */
export function word<const W extends string>(
  allowed: readonly W[],
  hints: Readonly<Record<string, string>> = {},
): Shape<W> {
  return { kind: 'word', words: allowed, hints };
}

/** A list of texts or records. */
export function list<T>(of: Shape<T>): Shape<readonly Element<T>[]> {
  return { kind: 'list', of };
}

/** An element of a list with its place. */
export interface Element<T> {
  readonly span: Span;
  readonly value: T | undefined;
}

/** A map from names that people choose. */
export function map<T>(of: Shape<T>): Shape<Named<T>> {
  return { kind: 'map', of };
}

/** A map from names of headers: those that differ in case, or in "_" and "-", are the same. */
export function headerMap<T>(of: Shape<T>): Shape<Named<T>> {
  return { kind: 'map', of, sameName: foldHeaderName };
}

/** A mapping with known keys. Any other key is a fault. */
export function record<T extends object>(
  fields: { readonly [K in keyof T]-?: FieldSpec<T[K]> },
  foreign: Readonly<Record<string, string>> = {},
  instead: { readonly [K in keyof T]?: readonly (keyof T & string)[] } = {},
): Shape<Fields<T>> {
  return { kind: 'record', fields, foreign, instead: instead as RecordShape['instead'] };
}
