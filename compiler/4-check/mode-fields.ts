import type { AuthMode } from '../../table/types.ts';
import { effectiveBasicForm } from '../3-resolve/effective.ts';
import type { ConnectionModel } from '../3-resolve/model.ts';
import type { ConnectionKeys } from '../fields/connection-fields.ts';

type Key = keyof ConnectionKeys;

/** The fields of one auth_mode. */
export interface ModeFields {
  /** Needed always, or (`given`) unless every account brings its own. */
  readonly required: readonly Key[];
  readonly given: readonly Key[];
  readonly optional: readonly Key[];
}

const OAUTH2_OPTIONAL: readonly Key[] = [
  'oauth_grant',
  'oauth2_token_url',
  'oauth2_scopes',
  'oauth2_endpoint_auth_style',
];

/** Which fields each auth_mode has: the one list for what is missing and what belongs to another mode. */
export const MODE_FIELDS: Readonly<Record<AuthMode, ModeFields>> = {
  none: { required: [], given: [], optional: [] },
  bearer: { required: [], given: ['credential'], optional: [] },
  api_key: {
    required: [],
    given: ['credential'],
    optional: ['api_key_placement', 'api_key_header', 'api_key_param'],
  },
  basic: { required: [], given: ['username'], optional: ['password'] },
  oauth1: { required: ['oauth1_client_id', 'oauth1_client_secret'], given: [], optional: [] },
  oauth2_client_credentials: {
    required: ['oauth2_client_id', 'oauth2_client_secret'],
    given: [],
    optional: OAUTH2_OPTIONAL,
  },
  oauth2_authorization_code: {
    required: ['oauth2_client_id', 'oauth2_client_secret'],
    given: [],
    optional: [
      ...OAUTH2_OPTIONAL,
      'oauth2_authorization_url',
      'oauth2_prompt',
      'oauth2_refresh_max_lifetime',
    ],
  },
  mcp: { required: [], given: [], optional: ['credential'] },
};

/** Gives the fields of a connection under a mode; where the catalog makes a pair of one credential, that is what is needed. */
export function modeFields(connection: ConnectionModel, mode: AuthMode): ModeFields {
  return mode === 'basic' && effectiveBasicForm(connection) !== null
    ? { required: [], given: ['credential'], optional: [] }
    : MODE_FIELDS[mode];
}

/** Every field that belongs to some auth_mode. */
export const CREDENTIAL_FIELDS: readonly Key[] = [
  ...new Set(
    Object.values(MODE_FIELDS).flatMap((mode) => [...mode.given, ...mode.required, ...mode.optional]),
  ),
];
