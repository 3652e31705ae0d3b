import type { AuthMode } from '../types.ts';

/** The method word of a grant in the control API. */
export type GrantMethod = 'API_KEY' | 'BASIC' | 'OAUTH1' | 'OAUTH2' | 'MCP';

/** A key under `auth` of a catalog. */
export type CatalogAuthKey = Exclude<AuthMode, 'oauth2_authorization_code'> | 'oauth2';

/** One auth mode under the three names it goes by, in YAML, in a catalog's `auth`, in the control API, and what it takes. */
export interface AuthModeEntry {
  readonly auth_mode: AuthMode;
  /** The key under `auth` of a catalog. */
  readonly catalog_key: CatalogAuthKey;
  /** The method word of the control API; null for `none`, which has no grant. */
  readonly method: GrantMethod | null;
  /** Somebody signs in: what is declared is not enough for a call. */
  readonly signs_in: boolean;
}

/** The one list of modes. One that lacks here does not compile. */
const MODES: Readonly<Record<AuthMode, Omit<AuthModeEntry, 'auth_mode'>>> = {
  none: { catalog_key: 'none', method: null, signs_in: false },
  bearer: { catalog_key: 'bearer', method: 'API_KEY', signs_in: false },
  api_key: { catalog_key: 'api_key', method: 'API_KEY', signs_in: false },
  basic: { catalog_key: 'basic', method: 'BASIC', signs_in: false },
  oauth1: { catalog_key: 'oauth1', method: 'OAUTH1', signs_in: true },
  oauth2_client_credentials: { catalog_key: 'oauth2_client_credentials', method: 'OAUTH2', signs_in: false },
  oauth2_authorization_code: { catalog_key: 'oauth2', method: 'OAUTH2', signs_in: true },
  mcp: { catalog_key: 'mcp', method: 'MCP', signs_in: true },
};

/** All modes, in the order in which they are told. */
export const AUTH_MODES: readonly AuthModeEntry[] = Object.entries(MODES).map(([mode, rest]) => ({
  auth_mode: mode as AuthMode,
  ...rest,
}));

/** Every method word, once. */
export const GRANT_METHODS: readonly GrantMethod[] = [
  ...new Set(AUTH_MODES.flatMap(({ method }) => method ?? [])),
];

/** Gives the method word of a mode; null for `none`. */
export function grantMethodOf({ auth_mode }: { readonly auth_mode: AuthMode }): GrantMethod | null {
  return MODES[auth_mode].method;
}

/** Tells whether somebody signs in under a mode: what is declared is not enough for a call. */
export function signsIn(auth_mode: AuthMode): boolean {
  return MODES[auth_mode].signs_in;
}

/** Gives the key under `auth` of a catalog for a mode. */
export function catalogAuthKey(auth_mode: AuthMode): CatalogAuthKey {
  return MODES[auth_mode].catalog_key;
}

/** Tells whether the upstream of a connection is an MCP server: its paths are tools. */
export function isMcpServer({ auth_mode }: { readonly auth_mode: AuthMode }): boolean {
  return auth_mode === 'mcp';
}
