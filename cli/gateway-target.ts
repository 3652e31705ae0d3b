import { Option } from 'commander';
import { UsageError } from './usage-error.ts';

/** Gives the option that says where the gateway is. */
export function urlOption(): Option {
  return new Option('--url <url>', 'where the gateway is').default('http://127.0.0.1:8080').env('GW_URL');
}

/** Gives the gateway key of who runs this: never a parameter, which everybody on the machine can read. Throws a UsageError. */
export function gatewayKey(): string {
  const key = process.env['GW_KEY'] ?? process.env['MATON_API_KEY'];
  if (key === undefined || key === '') throw new UsageError('set GW_KEY to your gateway key');
  return key;
}

/** Gives the URL of a gateway. Throws a UsageError. */
export function gatewayBase(url: string): URL {
  const base = URL.canParse(url) ? new URL(url) : null;
  if (base === null || !/^https?:$/.test(base.protocol))
    throw new UsageError('--url takes an http or https URL');
  return base;
}
