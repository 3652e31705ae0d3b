import type { AuthMode } from '../../table/types.ts';
import type { ConnectionModel } from '../3-resolve/model.ts';
import { offeredModes } from '../3-resolve/resolve-auth-mode.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote, quoteList } from '../diagnostic/quote.ts';
import { CREDENTIAL_FIELDS } from './mode-fields.ts';
import type { Rule } from './rule.ts';

/** Modes for which a connection can bring everything itself, whatever its catalog knows. */
const SELF_CONTAINED: readonly AuthMode[] = ['none', 'bearer', 'api_key', 'basic'];

/** It is clear which auth_mode a connection has, and its catalog offers it. */
export const authModes: Rule = (model, report) => {
  for (const connection of model.connections) {
    if (connection.fields.auth_mode === undefined) checkAbsent(connection, report);
    else checkOffered(connection, report);
  }
};

function checkAbsent(connection: ConnectionModel, report: Report): void {
  const offered = offeredModes(connection.catalog);
  const catalogUnknown = connection.fields.catalog !== undefined && connection.catalog === null;
  if (offered.length > 1 && connection.authMode === null) {
    report(
      diagnostic('GW4005', connection.key, {
        message: `the catalog offers ${quoteList(offered, 'and')}, and the connection ${quote(connection.name)} has no auth_mode`,
        help: 'add `auth_mode` with one of them',
      }),
    );
    return;
  }
  const given = CREDENTIAL_FIELDS.find((key) => connection.fields[key] !== undefined);
  const field = given === undefined ? undefined : connection.fields[given];
  if (offered.length > 0 || catalogUnknown || given === undefined || field === undefined) return;
  report(
    diagnostic('GW4005', field.key, {
      message: `${quote(given)} is given, and nothing says how the connection ${quote(connection.name)} authenticates`,
      help: 'add `auth_mode`',
    }),
  );
}

function checkOffered({ fields, authMode, catalog }: ConnectionModel, report: Report): void {
  const offered = offeredModes(catalog);
  if (authMode === null || fields.auth_mode === undefined || offered.length === 0) return;
  if (offered.includes(authMode) || SELF_CONTAINED.includes(authMode)) return;
  report(
    diagnostic('GW4006', fields.auth_mode.span, {
      message: `the catalog does not offer ${quote(authMode)}`,
      help: `it offers ${quoteList(offered, 'and')}`,
    }),
  );
}
