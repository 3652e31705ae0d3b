/** Texts of the table and where they come from. A part of the contract: see types.ts. */

/** Where something was written: `gateway.d/stripe.yaml:14:5` (line and column count from 1). */
export type Place = string;

/** A secret: never its value, only how to get it. `literal` exists in memory alone (`gw dev`) and is never encoded. */
export type Secret =
  | { readonly env: string; readonly at: Place }
  | { readonly file: string; readonly at: Place }
  /** `bound_to`: the field that it was sealed for, such as `connections/stripe/credential`. It opens nowhere else. */
  | { readonly sealed: string; readonly at: Place; readonly bound_to: string }
  /** What a grant brings: the key or token of an account, or its pair of Basic authentication. */
  | { readonly grant: 'credential' | 'username' | 'password'; readonly at: Place }
  | { readonly literal: string; readonly at: Place };

/** Text around variables, piece by piece: what it comes to is known when the table is loaded, or with a grant. */
export interface Composed {
  readonly parts: readonly (string | VariableName)[];
  readonly at: Place;
}

/** A piece that a variable stands for: one of the connection's `variables`, or `username`, that of Basic authentication. */
export interface VariableName {
  readonly variable: string;
}

/** A value that is public when it was written out, and secret when it was written as a reference. */
export type Value = { readonly text: string; readonly at: Place } | Composed | Secret;

/** One header that the operator sets. `name` keeps the spelling of the YAML. */
export interface HeaderLine {
  readonly name: string;
  readonly value: Value;
}
