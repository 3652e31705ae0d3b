import { Hidden } from '../hidden.ts';
import type { Grant, GrantCredential } from './grant.ts';

/** Gives everything that a grant proves itself with: what must not be told again, whoever says it. */
export function grantSecrets({ credential }: Pick<Grant, 'credential'>): Hidden<readonly string[]> {
  return new Hidden(credential === null ? [] : secretsOf(credential.reveal()));
}

function secretsOf(credential: GrantCredential): string[] {
  switch (credential.kind) {
    case 'key':
      return [credential.secret];
    case 'basic':
      return [credential.password];
    case 'oauth1':
      return [credential.token, credential.token_secret];
    case 'oauth2': {
      const { access_token, refresh_token, registered } = credential;
      return [access_token, refresh_token, registered?.client_secret, registered?.management?.token].filter(
        (one) => one !== null && one !== undefined,
      );
    }
  }
}
