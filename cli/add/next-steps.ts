import { CONTROL_DEFAULT } from '../../compiler/5-lower/lower-gateway.ts';
import type { GatewayFields } from '../../compiler/fields/gateway-fields.ts';
import { controlUrl, redirectUri } from '../../runtime/control/control-url.ts';
import { isMcpServer } from '../../table/rules/auth-modes.ts';
import { readListenAddress } from '../../table/rules/listen-address.ts';
import type { AuthMode } from '../../table/types.ts';
import { oneLine } from '../ops/one-line.ts';
import { shellWord } from '../shell-word.ts';
import type { Draft, DraftOf } from './draft-connection.ts';
import { isDeclared } from './ways.ts';

/** A connection that was written. */
export interface Written {
  readonly draft: Draft;
  readonly of: DraftOf;
  readonly file: string;
  /** The folder that was asked for, as the commands take it. */
  readonly dir: string;
  /** What the folder says of the gateway. */
  readonly gateway: GatewayFields;
  /** Whether its catalog describes operations. */
  readonly described: boolean;
  /** Whether a persona allows it. */
  readonly isAllowed: boolean;
}

/** Gives what would surprise whoever calls, and what is left to do until a first call, as lines. */
export function nextSteps(written: Written): string[] {
  const { draft, of, file, dir, gateway, isAllowed } = written;
  const inFolder = dir === '.' ? '' : ` --dir ${shellWord(dir)}`;
  const missing = draft.variables.filter(({ needed, value }) => needed && value === null);
  const steps = [
    ...missing.map(({ name }) => `fill in ${name} in ${file}`),
    ...(REGISTERED.has(of.way.mode) ? [redirectStep(gateway)] : []),
    ...(draft.environment.length === 0
      ? []
      : [`export ${draft.environment.map((name) => `${name}=…`).join(' ')}   # where gw serve runs`]),
    ...(isAllowed
      ? []
      : [
          `allow it to a persona, none does yet: personas: { NAME: { connections: { allow: [${draft.name}] } } }`,
        ]),
    `gw check${inFolder}`,
    `gw compile${inFolder}   # and start gw serve, or let it load the new table`,
    ...(isDeclared(of.way)
      ? []
      : [
          `gw connect ${draft.name} --shared   # as an admin, once; or write grants: true, and each account signs in`,
        ]),
    ...exampleCall(written),
  ];
  const notes = (of.version.facts.notes?.value ?? []).flatMap(({ value }) => value ?? []);
  return [
    ...(notes.length === 0 ? [] : ['good to know:', ...notes.map((note) => `  ${oneLine(note)}`)]),
    'next:',
    ...steps.map((step) => `  ${step}`),
  ];
}

/** The ways to sign in for which the operator registers an app at the vendor. */
const REGISTERED: ReadonlySet<AuthMode> = new Set(['oauth1', 'oauth2_authorization_code']);

function redirectStep({ control, control_url }: GatewayFields): string {
  const written = control_url?.value ?? null;
  const listening =
    readListenAddress(control?.value ?? CONTROL_DEFAULT) ?? readListenAddress(CONTROL_DEFAULT);
  if (listening === null) throw new Error('the default of the control address cannot be read');
  const uri = redirectUri(controlUrl(written, listening));
  const otherwise =
    written === null ? '   # set gateway.control_url where people reach it by another name' : '';
  return `register at the vendor, as redirect URI: ${uri}${otherwise}`;
}

function exampleCall({ of: { name, version, way }, described }: Written): string[] {
  const { verify, docs } = version.facts;
  if (isMcpServer({ auth_mode: way.mode }))
    return [
      `gw call POST /${name}/TOOL -f ARGUMENT=VALUE   # the MCP tool api_list_endpoints lists its tools (docs/mcp-upstreams.md)`,
    ];
  const { method, path } = verify?.value ?? {};
  if (method?.value !== undefined && path?.value !== undefined)
    return [`gw call ${method.value} ${shellWord(`/${name}${path.value}`)}`];
  if (described) return [`gw ops list ${name}   # its operations, as callers write them`];
  const told = docs?.value === undefined ? '' : ` (${oneLine(docs.value)})`;
  return [`gw call METHOD /${name}/…   # behind it, the API's own path${told}`];
}
