import type { AuthMode } from '../types.ts';

/** One auth mode under the three names it goes by: in YAML, in a catalog's `auth`, in the control API. */
export interface AuthModeNames {
  readonly auth_mode: AuthMode;
  /** The key under `auth` of a catalog. */
  readonly catalog_key: string;
  /** The method word of the control API; null for `none`, which has no grant. */
  readonly method: 'API_KEY' | 'BASIC' | 'OAUTH1' | 'OAUTH2' | 'MCP' | null;
}

/** The one mapping between auth_mode, the catalog's `auth` key and the control API's method word. */
export const AUTH_MODES: readonly AuthModeNames[] = [
  { auth_mode: 'none', catalog_key: 'none', method: null },
  { auth_mode: 'bearer', catalog_key: 'bearer', method: 'API_KEY' },
  { auth_mode: 'api_key', catalog_key: 'api_key', method: 'API_KEY' },
  { auth_mode: 'basic', catalog_key: 'basic', method: 'BASIC' },
  { auth_mode: 'oauth1', catalog_key: 'oauth1', method: 'OAUTH1' },
  { auth_mode: 'oauth2_client_credentials', catalog_key: 'oauth2_client_credentials', method: 'OAUTH2' },
  { auth_mode: 'oauth2_authorization_code', catalog_key: 'oauth2', method: 'OAUTH2' },
  { auth_mode: 'mcp', catalog_key: 'mcp', method: 'MCP' },
];

/** Tells whether the upstream of a connection is an MCP server: its paths are tools. */
export function isMcpServer({ auth_mode }: { readonly auth_mode: AuthMode }): boolean {
  return auth_mode === 'mcp';
}
