import type { AuthMode } from '../../table/types.ts';
import {
  catalogOAuth1,
  effectiveAuthorizationUrl,
  effectiveKeyPlacement,
  effectiveTokenUrl,
} from '../3-resolve/effective.ts';
import type { ConnectionModel } from '../3-resolve/model.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote, quoteList } from '../diagnostic/quote.ts';
import type { ConnectionKeys } from '../fields/connection-fields.ts';
import { CREDENTIAL_FIELDS, MODE_FIELDS, modeFields } from './mode-fields.ts';
import type { Rule } from './rule.ts';

const OAUTH1_LEGS = ['request_url', 'authorization_url', 'token_url'] as const;

/** A connection has every field that its auth_mode needs, and none of another mode. */
export const credentials: Rule = (model, report) => {
  for (const connection of model.connections) {
    const mode = connection.authMode;
    const catalogUnknown = connection.fields.catalog !== undefined && connection.catalog === null;
    // Without auth_mode and without a catalog that settles it, the rule about auth_mode has spoken.
    const settled = connection.fields.auth_mode !== undefined || connection.catalog?.facts.auth !== undefined;
    if (mode === null || catalogUnknown) continue;
    checkMissing(connection, mode, report);
    if (mode === 'oauth1') checkLegs(connection, report);
    if (settled) checkForeign(connection, mode, report);
    checkGrants(connection, mode, report);
  }
};

function checkMissing(connection: ConnectionModel, mode: AuthMode, report: Report): void {
  const { fields } = connection;
  // One that is no truth value was reported, and may have been meant.
  const perAccount = fields.grants !== undefined && fields.grants.value !== false;
  const { required, given } = modeFields(connection, mode);
  const missing: string[] = [...required, ...(perAccount ? [] : given)].filter(
    (key) => fields[key] === undefined,
  );
  if (mode.startsWith('oauth2_') && effectiveTokenUrl(connection) === null) missing.push('oauth2_token_url');
  if (mode === 'oauth2_authorization_code' && effectiveAuthorizationUrl(connection) === null) {
    missing.push('oauth2_authorization_url');
  }
  const placement = effectiveKeyPlacement(connection);
  if (mode === 'api_key' && placement.in === 'query' && placement.name === null)
    missing.push('api_key_param');
  if (missing.length === 0) return;
  report(
    diagnostic('GW4007', fields.auth_mode?.span ?? connection.key, {
      message: `auth_mode ${quote(mode)} needs ${quoteList(missing, 'and')}`,
      label: missing.length === 1 ? 'this field is missing' : 'these fields are missing',
    }),
  );
}

/** Where the three legs of OAuth 1 lead is a fact of the API: no connection has keys for it. */
function checkLegs(connection: ConnectionModel, report: Report): void {
  const offered = catalogOAuth1(connection);
  const missing = OAUTH1_LEGS.filter((key) => offered[key] === undefined);
  if (missing.length === 0) return;
  report(
    diagnostic('GW4007', connection.fields.auth_mode?.span ?? connection.key, {
      message: `auth_mode "oauth1" needs a catalog that says where accounts sign in: ${quoteList(missing, 'and')} under \`auth.oauth1\``,
      help: 'name such a `catalog`, or write catalogs/NAME/catalog.yaml for this API',
    }),
  );
}

function checkForeign(connection: ConnectionModel, mode: AuthMode, report: Report): void {
  const { fields, catalog } = connection;
  const own = modeFields(connection, mode);
  const allowed: readonly (keyof ConnectionKeys)[] = [...own.required, ...own.given, ...own.optional];
  for (const name of CREDENTIAL_FIELDS) {
    const field = fields[name];
    if (field === undefined || allowed.includes(name)) continue;
    const source =
      fields.auth_mode === undefined ? ` (offered by the catalog ${quote(catalog?.catalog.name ?? '')})` : '';
    const users = Object.entries(MODE_FIELDS)
      .filter(([, one]) => [...one.required, ...one.given, ...one.optional].includes(name))
      .map(([other]) => other);
    report(
      diagnostic('GW4008', field.key, {
        message: `${quote(name)} has no effect under auth_mode ${quote(mode)}${source}`,
        help: `it belongs to ${quoteList(users, 'and')}`,
        notes:
          fields.auth_mode === undefined
            ? []
            : [{ message: 'auth_mode is given here', span: fields.auth_mode.key }],
      }),
    );
  }
  if (
    fields.oauth_grant !== undefined &&
    fields.auth_mode?.value !== 'oauth' &&
    allowed.includes('oauth_grant')
  ) {
    report(
      diagnostic('GW4008', fields.oauth_grant.key, {
        message: '"oauth_grant" only completes auth_mode "oauth"',
        help: `auth_mode ${quote(mode)} says it already`,
      }),
    );
  }
  if (mode === 'api_key') checkPlacement(connection, report);
}

/** The name of a header has no effect where the key goes elsewhere, nor that of a parameter. */
function checkPlacement(connection: ConnectionModel, report: Report): void {
  const { fields, key } = connection;
  const placement = effectiveKeyPlacement(connection).in;
  const unused = [
    placement === 'header' ? undefined : fields.api_key_header,
    placement === 'query' ? undefined : fields.api_key_param,
  ];
  for (const field of unused) {
    if (field === undefined) continue;
    const source =
      fields.api_key_placement === undefined ? 'where the key goes into the' : 'with api_key_placement';
    report(
      diagnostic('GW4008', field.key, {
        message: `this key has no effect ${source} ${quote(placement)}`,
        notes: [{ message: `the connection is declared here`, span: key }],
      }),
    );
  }
}

/** With `grants: true` every account brings its own credential. */
function checkGrants({ fields }: ConnectionModel, mode: AuthMode, report: Report): void {
  if (fields.grants?.value !== true) return;
  if (mode === 'none') {
    report(
      diagnostic('GW4021', fields.grants.key, {
        message: 'with auth_mode "none" there is nothing that an account could grant',
        help: 'remove `grants`, or change `auth_mode`',
      }),
    );
    return;
  }
  for (const name of ['credential', 'username', 'password'] as const) {
    const field = fields[name];
    if (field === undefined || !['bearer', 'api_key', 'basic', 'mcp'].includes(mode)) continue;
    report(
      diagnostic('GW4021', field.key, {
        message: `${quote(name)} would never be used: with grants every account brings its own`,
        notes: [{ message: 'grants are asked for here', span: fields.grants.key }],
      }),
    );
  }
}
