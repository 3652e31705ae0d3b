import type { ProblemCode } from '../problem.ts';

/** What a call is asked for with, as JSON brings it. What is left out and what is null are the same. */
export interface InvokeInput {
  readonly connection: string;
  /** An operation of the connection, in place of `method` and `path`. */
  readonly operation_id?: string | null | undefined;
  /** The description that the operation is in, where several have one of that id. */
  readonly spec?: string | null | undefined;
  /** What stands in the place of each placeholder, as it is: it is encoded here. */
  readonly path_params?: JsonObject | null | undefined;
  readonly method?: string | null | undefined;
  /** Behind the connection's name, encoded, without a query. */
  readonly path?: string | null | undefined;
  readonly query_params?: JsonObject | null | undefined;
  readonly headers?: JsonObject | null | undefined;
  readonly body?: unknown;
  /** Until the whole answer is in; from 1 to 600. */
  readonly timeout_seconds?: number | null | undefined;
  /** The id of the grant to use. */
  readonly grant?: string | null | undefined;
}

/** An object as JSON.parse gives it: read by its own keys alone. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What an upstream answered, in a form that fits into JSON. Whatever its status, the call was made. */
export interface InvokeAnswer {
  readonly status: number;
  /** Path and query as they went out, without what the connection puts in. */
  readonly resolved_path: string;
  /** The headers that are told, by their usual names, with each line's value. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Parsed JSON, or text; null where there is none, or none that can be told. */
  readonly body: unknown;
  /** The body was longer: this is its beginning. */
  readonly body_truncated?: true;
  readonly pagination?: Pagination;
  /** What to do about an answer that is not whole. */
  readonly hint?: string;
  readonly duration_ms: number;
  /** Why the body is not whole, or not told. */
  readonly error?: InvokeError;
}

/** What is wrong with an answer whose head came. */
export interface InvokeError {
  readonly code: ProblemCode;
  readonly message: string;
  /** Of a body that is not told. */
  readonly content_type?: string | null;
  /** Of a body that is not told, where its length was said. */
  readonly size_bytes?: number | null;
}

/** How to ask for the next page. */
export interface Pagination {
  readonly has_more: true;
  /** What the next call is the same with but for these: the page is on the same API. */
  readonly next?: {
    readonly path: string;
    readonly query_params: Readonly<Record<string, string | string[]>>;
  };
  /** The page is somewhere else. */
  readonly next_url?: string;
  /** What the parameter that the API has for it takes. */
  readonly next_cursor?: string;
  /** `link_header`, or `body:` and the member. */
  readonly source: string;
}
