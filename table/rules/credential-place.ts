import type { CredentialPlan, TokenPlacement } from '../credential-types.ts';

/** Gives where the secret of a plan goes, if that is a header or a query pair of its own. */
export function credentialPlace(credential: CredentialPlan): TokenPlacement | null {
  if (credential.kind === 'oauth2') return credential.oauth2.send;
  if (credential.kind !== 'header' && credential.kind !== 'query') return null;
  const { kind, name, prefix, suffix } = credential;
  return { in: kind, name, prefix, suffix };
}
