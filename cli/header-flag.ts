import { UsageError } from './usage-error.ts';

/** Gives name and value of a `--header name:value`. Throws a UsageError where there is no name. */
export function headerFlag(header: string): [name: string, value: string] {
  const colon = header.indexOf(':');
  if (colon < 1) throw new UsageError(`--header takes name:value, not ${JSON.stringify(header)}`);
  return [header.slice(0, colon).trim(), header.slice(colon + 1).trim()];
}
