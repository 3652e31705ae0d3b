import { visit } from 'yaml';
import type { Document, ErrorCode, YAMLParseError, YAMLWarning } from 'yaml';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Source } from '../source/source.ts';

/** What each fault of the library means, in words that quote nothing of the file. */
const MESSAGES: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias takes no anchor and no tag',
  BAD_ALIAS: 'the alias is malformed',
  BAD_COLLECTION_TYPE: 'the tag does not fit this value',
  BAD_DIRECTIVE: 'the directive is malformed',
  BAD_DQ_ESCAPE: 'the escape in this double-quoted text is unknown; in single quotes a backslash is itself',
  BAD_INDENT: 'the indentation does not fit the lines before it',
  BAD_PROP_ORDER: 'anchor and tag stand before the value, not after',
  BAD_SCALAR_START: 'a plain value cannot begin with this character; put quotes around the value',
  BLOCK_AS_IMPLICIT_KEY:
    'a value on one line cannot hold a mapping; put quotes around a value that holds ": "',
  BLOCK_IN_FLOW: 'inside brackets, values are separated by commas',
  DUPLICATE_KEY: 'the key is given twice',
  IMPOSSIBLE: 'this cannot be read',
  KEY_OVER_1024_CHARS: 'a key may have at most 1,024 characters',
  MISSING_CHAR: 'something is missing here: a closing quote or bracket, a comma, or a colon',
  MULTILINE_IMPLICIT_KEY: 'a key stands on one line; is a colon missing?',
  MULTIPLE_ANCHORS: 'a value takes one anchor',
  MULTIPLE_DOCS: 'a file holds one YAML document',
  MULTIPLE_TAGS: 'a value takes one tag',
  NON_STRING_KEY: 'a key must be text',
  RESOURCE_EXHAUSTION: 'values are nested too deep',
  TAB_AS_INDENT: 'tabs are not allowed as indentation',
  TAG_RESOLVE_FAILED: 'YAML tags are not read',
  UNEXPECTED_TOKEN: 'this does not belong here',
};

const OWN_CODES = {
  TAB_AS_INDENT: 'GW1009',
  MULTIPLE_DOCS: 'GW1013',
  TAG_RESOLVE_FAILED: 'GW1016',
  RESOURCE_EXHAUSTION: 'GW1012',
} as const;

/**
 * Gives the diagnostic of a fault that the YAML library found. Its own message may quote the file, so it is
 * not shown. A quote that is never closed is noticed at the end of the file: where it opens is noted too.
 */
export function syntaxFault(
  source: Source,
  fault: YAMLParseError | YAMLWarning,
  document: Document,
): Diagnostic {
  const start = Math.min(Math.max(0, fault.pos[0]), source.text.length);
  const end = Math.min(Math.max(start, fault.pos[1]), source.text.length);
  const code = Object.hasOwn(OWN_CODES, fault.code)
    ? OWN_CODES[fault.code as keyof typeof OWN_CODES]
    : 'GW1008';
  const opening = fault.message.includes('quote') ? openingQuote(document, start) : null;
  const place = opening === null ? null : { source, start: opening, end: opening + 1 };
  return diagnostic(
    code,
    { source, start, end },
    {
      message: fault.message.startsWith('Flow ') ? UNCLOSED_BRACKET : MESSAGES[fault.code],
      help: helpFor(source.text, start),
      notes: place === null ? [] : [{ message: 'the quote that opens here is never closed', span: place }],
    },
  );
}

/** What people write most often that YAML reads as something else. */
function helpFor(text: string, at: number): string | null {
  if (text.startsWith('${', at) || text.startsWith('${', at - 1))
    return 'inside brackets a reference needs quotes: "${env:NAME}"';
  return text.charAt(at) === '*' ? 'a pattern that begins with "*" needs quotes: "*"' : null;
}

const UNCLOSED_BRACKET = 'a bracket is not closed before this line, or what is inside it is not indented';

/** Gives where the quoted text begins that runs up to `end`, or null. */
function openingQuote(document: Document, end: number): number | null {
  let opening: number | null = null;
  visit(document, {
    Scalar: (_, node) => {
      const isQuoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
      const range = node.range ?? null;
      if (isQuoted && range !== null && range[1] >= end) opening = range[0];
    },
  });
  return opening;
}
