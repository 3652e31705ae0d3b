import { UsageError } from './usage-error.ts';

/** Gives the key by which a command proves itself to a gateway. Throws a UsageError where none is set. */
export function gatewayKey(): string {
  const key = process.env['GW_KEY'] ?? process.env['MATON_API_KEY'];
  if (key === undefined || key === '') throw new UsageError('set GW_KEY to your gateway key');
  return key;
}

/** Gives the URL of a flag. Throws a UsageError for what is no http or https URL. */
export function gatewayUrl(flag: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(`${flag} takes an http or https URL`);
  return url;
}
