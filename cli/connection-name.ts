import { CONNECTION_FORM } from '../compiler/4-check/names.ts';
import { quote, quoteList } from '../compiler/diagnostic/quote.ts';
import { CONNECTION_NAME, RESERVED_CONNECTION_NAMES } from '../table/rules/connection-name.ts';

/** Gives why a connection cannot have a name, null where it can. */
export function connectionNameFault(name: string): string | null {
  if (RESERVED_CONNECTION_NAMES.has(name))
    return `the gateway keeps the name ${quote(name)} for itself; choose a name other than ${quoteList([...RESERVED_CONNECTION_NAMES], 'or')}`;
  return CONNECTION_NAME.test(name)
    ? null
    : `a connection cannot be named ${JSON.stringify(name)}: write ${CONNECTION_FORM}`;
}
