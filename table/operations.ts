/**
 * The operation records: the second part of a table. They stand in a file beside `table.json`, are read
 * on first use, and cost a start nothing. `table.json` has the hash of each block of the file.
 */

/** Bytes of `operations.bin`: `[offset, length]`. */
export type Extent = readonly [offset: number, length: number];

/** The file of the records, as `table.json` vouches for it: the SHA-256 in hex of each block, the last one shorter. */
export interface RecordsFile {
  readonly bytes: number;
  readonly blocks: readonly string[];
}

/** The bytes of one block: each is checked as a whole on the first read that touches it. */
export const BLOCK_BYTES: number = 64 * 1024;

/**
 * One description of one catalog version: where its parts stand. Connections share it.
 *
 * A description's parts stand together in one segment, and their extents count from its beginning: the
 * bytes of a segment depend on its document alone, so that an unchanged one is written as it was before.
 */
export interface DescriptionEntry {
  readonly catalog: string;
  readonly version: string | null;
  readonly name: string;
  readonly title: string | null;
  readonly summary: string | null;
  /** SHA-256 of the documents it was made from, in hex: of the root alone where that is the only one. */
  readonly sha256: string;
  readonly operations: number;
  /** From the beginning of the file; all below count from the beginning of the segment. */
  readonly segment: Extent;
  /** JSON of a MatchNode: templates without prefix. */
  readonly matcher: Extent;
  /** JSON of an OperationList. */
  readonly list: Extent;
  /** The search index over the operations, numbered as the list is: what a SearchWriter gives. */
  readonly search: Extent;
  /** Where the record of each operation stands, by its number: an ExtentTable. */
  readonly records: Extent;
  /** Where each schema stands, by its number: an ExtentTable. */
  readonly schemas: Extent;
  /** JSON of AheadValidator[]. */
  readonly validators: Extent;
}

/**
 * A node of the matcher, as JSON: `[literals, patterns, any, operations]`. A pattern is the literals around
 * and between its parameters (`{lat},{lon}` is `['', ',', '']`), most literal characters first; `any` is a
 * segment that is one parameter, or 0; operations are numbers of the list, by method.
 */
export type MatchNode = readonly [
  literals: Readonly<Record<string, MatchNode>>,
  patterns: readonly (readonly [literals: readonly string[], next: MatchNode])[],
  any: MatchNode | 0,
  operations: Readonly<Record<string, number>>,
];

/** Every operation of a description in short, as columns: what listing and searching need. */
export interface OperationList {
  readonly ids: readonly string[];
  readonly methods: readonly string[];
  readonly paths: readonly string[];
  readonly summaries: readonly (string | null)[];
  readonly tags: readonly (readonly string[])[];
  readonly deprecated: readonly boolean[];
}

/** Bytes of one extent in an ExtentTable: offset and length, unsigned 32-bit little-endian. One is read without the rest. */
export const EXTENT_BYTES = 8;

/** A schema's number in its description. */
export type SchemaNumber = number;

/** One operation in full. JSON, deduplicated. Path-level parameters are merged in. */
export interface OperationRecord {
  readonly id: string;
  readonly method: string;
  /** The template without prefix. */
  readonly path: string;
  readonly summary: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly deprecated: boolean;
  readonly parameters: readonly ParameterRecord[];
  readonly request_body: RequestBodyRecord | null;
  readonly responses: readonly ResponseRecord[];
}

export interface ParameterRecord {
  readonly name: string;
  readonly in: 'path' | 'query' | 'querystring' | 'header' | 'cookie';
  readonly required: boolean;
  readonly description: string | null;
  readonly deprecated: boolean;
  /** As OpenAPI 3 names them; what 2.0 calls collectionFormat is translated. */
  readonly style:
    | 'simple'
    | 'label'
    | 'matrix'
    | 'form'
    | 'spaceDelimited'
    | 'pipeDelimited'
    | 'tabDelimited'
    | 'deepObject';
  readonly explode: boolean;
  readonly allow_reserved: boolean;
  readonly allow_empty: boolean;
  readonly schema: SchemaNumber | null;
  /** Where the parameter is content of a media type instead: that type. */
  readonly media_type: string | null;
  readonly examples: readonly unknown[];
}

export interface RequestBodyRecord {
  readonly required: boolean;
  readonly description: string | null;
  readonly content: readonly MediaTypeRecord[];
}

export interface MediaTypeRecord {
  /** As the document has it, lower-cased: `application/json`, `image/*`. */
  readonly media_type: string;
  readonly schema: SchemaNumber | null;
  /** By property, for form and multipart content. */
  readonly encoding: Readonly<Record<string, EncodingRecord>>;
  readonly examples: readonly unknown[];
}

export interface EncodingRecord {
  readonly content_type: string | null;
  readonly style: ParameterRecord['style'];
  readonly explode: boolean;
  readonly allow_reserved: boolean;
}

export interface ResponseRecord {
  /** `200`, `4XX`, `default`. */
  readonly status: string;
  readonly description: string | null;
  readonly headers: readonly {
    readonly name: string;
    readonly description: string | null;
    readonly schema: SchemaNumber | null;
  }[];
  readonly content: readonly MediaTypeRecord[];
}

/**
 * A schema in JSON Schema 2020-12, whatever its document's dialect was: `nullable`, boolean `exclusive*`,
 * `example` and `$ref` siblings are rewritten by their version's meaning; `$ref` is `#<number>` of the same
 * description alone; patterns that the linear-time engine cannot run are left out. Cycles stay references.
 */
export type NormalSchema = boolean | { readonly [keyword: string]: unknown };

/** What one description comes to before it is written: what compiling documents gives to the emitter. */
export interface DescriptionRecords {
  readonly title: string | null;
  readonly summary: string | null;
  readonly operations: readonly OperationRecord[];
  /** By number. Equal schemas have one number. */
  readonly schemas: readonly NormalSchema[];
}

/**
 * A validator that was made ahead, because it takes long to make or because one that does needs it. `code` is the text
 * of a CommonJS module: it exports `validate`, the numbers of the schemas whose validators it needs (`needs`), and what
 * gives them to it (`link`), which is called with a function of a number before the first call of `validate`.
 */
export interface AheadValidator {
  readonly schema: SchemaNumber;
  /** `text`: for values that come as text and are coerced (parameters, form fields). */
  readonly mode: 'json' | 'text';
  readonly code: Extent;
}
