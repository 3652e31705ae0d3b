import { ACCESS_CODES } from './codes/access-codes.ts';
import { CATALOG_CODES } from './codes/catalogs-codes.ts';
import { CONNECTION_CODES } from './codes/connections-codes.ts';
import { NAME_CODES } from './codes/names-codes.ts';
import { READ_CODES } from './codes/read-codes.ts';
import { SHAPE_CODES } from './codes/shape-codes.ts';

export type Severity = 'error' | 'warning';

/** What is known of a diagnostic apart from its place. docs/diagnostics.md is generated from it. */
export interface CodeFacts {
  readonly slug: string;
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  readonly fix: string;
}

/** Every code. A code is never used again for another fault. */
export type Code =
  | keyof typeof READ_CODES
  | keyof typeof SHAPE_CODES
  | keyof typeof NAME_CODES
  | keyof typeof CONNECTION_CODES
  | keyof typeof ACCESS_CODES
  | keyof typeof CATALOG_CODES;

/** The list of all codes: GW1 reading, GW2 shape, GW3 names, GW4 connections, GW5 access, GW6 catalogs. */
export const CODES: Readonly<Record<Code, CodeFacts>> = {
  ...READ_CODES,
  ...SHAPE_CODES,
  ...NAME_CODES,
  ...CONNECTION_CODES,
  ...ACCESS_CODES,
  ...CATALOG_CODES,
};
