import type { Connection } from '../../table/types.ts';

/** Gives why this program cannot serve a connection, or null. Such a connection answers 503, never without its credential. */
export function unavailableBecause({ grants, credential, variables }: Connection): string | null {
  if (grants && credential.kind === 'none') return 'there is nothing that an account could grant';
  if (grants || credential.kind !== 'oauth2' || credential.oauth2.grant !== 'client_credentials') return null;
  const waiting = variables.find(({ value, optional }) => value === null && !optional);
  return waiting === undefined ? null : `a grant brings the variable ${waiting.name}: write its value`;
}
