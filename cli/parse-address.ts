import { readListenAddress } from '../table/rules/listen-address.ts';
import type { ListenAddress } from '../table/types.ts';
import { UsageError } from './usage-error.ts';

/** Gives the listening address of a flag, in the form that YAML has it. Throws a UsageError. */
export function parseAddress(flag: string, text: string): ListenAddress {
  const address = readListenAddress(text);
  if (address !== null) return address;
  throw new UsageError(
    `${flag} takes host:port, such as 127.0.0.1:8080 or [::1]:8080, not ${JSON.stringify(text)}`,
  );
}
