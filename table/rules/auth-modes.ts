import type { AuthMode } from '../types.ts';

/** The method word of a grant in the control API. */
export type GrantMethod = 'API_KEY' | 'BASIC' | 'OAUTH1' | 'OAUTH2' | 'MCP';

/** One auth mode under the three names it goes by: in YAML, in a catalog's `auth`, in the control API. */
export interface AuthModeNames {
  readonly auth_mode: AuthMode;
  /** The key under `auth` of a catalog. */
  readonly catalog_key: string;
  /** The method word of the control API; null for `none`, which has no grant. */
  readonly method: GrantMethod | null;
}

/** The one mapping between auth_mode, the catalog's `auth` key and the control API's method word: a mode that lacks here does not compile. */
const NAMES: Readonly<Record<AuthMode, Omit<AuthModeNames, 'auth_mode'>>> = {
  none: { catalog_key: 'none', method: null },
  bearer: { catalog_key: 'bearer', method: 'API_KEY' },
  api_key: { catalog_key: 'api_key', method: 'API_KEY' },
  basic: { catalog_key: 'basic', method: 'BASIC' },
  oauth1: { catalog_key: 'oauth1', method: 'OAUTH1' },
  oauth2_client_credentials: { catalog_key: 'oauth2_client_credentials', method: 'OAUTH2' },
  oauth2_authorization_code: { catalog_key: 'oauth2', method: 'OAUTH2' },
  mcp: { catalog_key: 'mcp', method: 'MCP' },
};

/** All modes, in the order in which they are told. */
export const AUTH_MODES: readonly AuthModeNames[] = Object.entries(NAMES).map(([mode, names]) => ({
  auth_mode: mode as AuthMode,
  ...names,
}));

/** Every method word, once. */
export const GRANT_METHODS: readonly GrantMethod[] = [
  ...new Set(AUTH_MODES.flatMap(({ method }) => method ?? [])),
];

/** Gives the method word of a mode; null for `none`. */
export function grantMethodOf({ auth_mode }: { readonly auth_mode: AuthMode }): GrantMethod | null {
  return NAMES[auth_mode].method;
}

/** Gives the key under `auth` of a catalog for a mode. */
export function catalogKeyOf(auth_mode: AuthMode): string {
  return NAMES[auth_mode].catalog_key;
}

/** Tells whether the upstream of a connection is an MCP server: its paths are tools. */
export function isMcpServer({ auth_mode }: { readonly auth_mode: AuthMode }): boolean {
  return auth_mode === 'mcp';
}
