import type { Fields } from './field.ts';
import { anyText, flag, record, text, word, words } from './shape.ts';
import type { Shape } from './shape.ts';

/** Where a variable may come from. */
export type VariableOrigin = 'connection' | 'secret' | 'token_response' | 'callback' | 'lookup';

export interface LookupKeys {
  url: string;
  pointer: string;
  list: string;
  title: string;
}

export interface VariableKeys {
  doc: string;
  from: VariableOrigin;
  pattern: string;
  values: readonly string[];
  default: string;
  optional: boolean;
  pointer: string;
  parameter: string;
  match: string;
  lookup: Fields<LookupKeys>;
}

export type VariableFields = Fields<VariableKeys>;

const LOOKUP: Shape<Fields<LookupKeys>> = record<LookupKeys>({
  url: { shape: text, doc: 'What is asked, once, with the new credential: an https URL.', required: true },
  pointer: {
    shape: anyText,
    doc: 'JSON pointer to the value; into each element where there is a list.',
    required: true,
  },
  list: { shape: anyText, doc: 'JSON pointer to a list of which the person chooses one element.' },
  title: { shape: anyText, doc: 'JSON pointer to what names an element.' },
});

/** How a variable's value comes from somewhere else. */
const OF_ORIGIN = ['pointer', 'parameter', 'lookup', 'match'] as const;

/** A variable of a catalog. */
export const VARIABLE: Shape<VariableFields> = record<VariableKeys>(
  {
    doc: { shape: text, doc: 'What it is, for whoever writes the connection.' },
    from: {
      shape: word(['connection', 'secret', 'token_response', 'callback', 'lookup']),
      doc: "Where the value comes from: the connection's `variables` (`secret`: as a reference there), the answer of the token endpoint, the query of the sign-in's callback, or a request after it. A connection may always give it.",
      default: 'connection',
    },
    pattern: { shape: text, doc: 'What the whole value must match.' },
    values: { shape: words, doc: 'What the value may be.' },
    default: { shape: anyText, doc: 'The value where nothing gives one.' },
    optional: {
      shape: flag,
      doc: 'Without a value, headers and query parameters that hold it are left out.',
      default: 'false',
    },
    pointer: { shape: anyText, doc: "`token_response`: JSON pointer into the token endpoint's answer." },
    parameter: { shape: text, doc: '`callback`: the query parameter.' },
    match: {
      shape: text,
      doc: 'What comes must match this as a whole; the value is its one group.',
    },
    lookup: { shape: LOOKUP, doc: '`lookup`: the request.' },
  },
  {},
  { pattern: ['values'], values: ['pattern'], from: OF_ORIGIN },
);
