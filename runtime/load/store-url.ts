import type { UrlTemplate } from '../../table/types.ts';
import { Hidden } from '../hidden.ts';
import { readSecret, referenceOf } from './resolve-secrets.ts';
import type { Environment, SecretFault } from './resolve-secrets.ts';

/** Gives the URL of a store with its references resolved, or the first that cannot be. */
export async function storeUrl(
  template: UrlTemplate,
  environment: Environment,
): Promise<Hidden<string> | SecretFault> {
  let url = '';
  for (const part of template) {
    if (typeof part === 'string') {
      url += part;
      continue;
    }
    if ('sealed' in part || 'grant' in part) throw new Error('a URL holds no such secret');
    const read = await readSecret(part, environment);
    if (typeof read !== 'string')
      return { owner: 'gateway', at: part.at, reference: referenceOf(part), why: read.why };
    url += read;
  }
  return new Hidden(url);
}
