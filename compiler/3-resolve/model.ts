import type { DescriptionRecords } from '../../table/operations.ts';
import type { AuthMode } from '../../table/types.ts';
import type { CatalogFields, CatalogVersionFields, DescriptionFields } from '../fields/catalog-fields.ts';
import type { ConnectionFields } from '../fields/connection-fields.ts';

import type { CallerFields, GatewayFields, PersonaFields } from '../fields/gateway-fields.ts';
import type { LiteralSecret } from '../2-parse/read-scalar.ts';
import type { Span } from '../source/span.ts';
import type { Description } from './load-description.ts';

/** Everything that was declared, names resolved. Faulty parts are absent or undefined and were reported. */
export interface Model {
  /** False when a file could not be read: a name that seems unknown may be declared there. */
  readonly complete: boolean;
  readonly gateway: GatewayFields;
  /** Sorted by name, as are callers and personas. */
  readonly connections: readonly ConnectionModel[];
  readonly callers: readonly Declared<CallerFields>[];
  readonly personas: readonly Declared<PersonaFields>[];
  /** The catalogs beside gateway.d, and the built-in ones that a connection names. Sorted by name. */
  readonly catalogs: readonly CatalogModel[];
  /** All catalogs that could be named. */
  readonly catalogNames: readonly string[];
  readonly literals: readonly LiteralSecret[];
}

/** A declaration under its name. */
export interface Declared<T> {
  readonly name: string;
  readonly key: Span;
  readonly fields: T;
}

export interface ConnectionModel extends Declared<ConnectionFields> {
  /** The version of the catalog that is used; null without catalog, or when it is unknown. */
  readonly catalog: CatalogVersion | null;
  /** null when it cannot be told, which the rule about auth_mode reports. */
  readonly authMode: AuthMode | null;
}

export interface CatalogModel {
  readonly name: string;
  readonly origin: 'folder' | 'built-in';
  /** The beginning of catalog.yaml. */
  readonly at: Span;
  readonly fields: CatalogFields;
  /** One for each version; one without version where the catalog has none. */
  readonly versions: readonly CatalogVersion[];
}

/** The facts of one version of a catalog: its own, else the catalog's. */
export interface CatalogVersion {
  readonly catalog: { readonly name: string; readonly origin: 'folder' | 'built-in' };
  readonly version: string | null;
  readonly facts: CatalogVersionFields;
  readonly descriptions: readonly DescriptionModel[];
}

export interface DescriptionModel extends Declared<DescriptionFields> {
  /** SHA-256 of the document in hex; where it is several files, of the list of them. '' when it was not read. */
  readonly sha256: string;
  /** Of the root alone, which may be pinned too. */
  readonly rootSha256: string;
  /** A digest of everything that the description was read from: what is made of it may be kept under it. */
  readonly content: string;
  /** null when the document was missing or malformed. */
  readonly description: Description | null;
  /** What is emitted of it, null as above. Where the description was kept, its files are read again for them: ask only for what is lowered anew. */
  readonly records: DescriptionRecords | null;
}
