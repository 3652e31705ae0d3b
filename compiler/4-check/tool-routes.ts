import { matchGlob, pathGlobFault, pathGlobSegments } from '../../table/rules/glob.ts';
import { isMcpServer } from '../../table/rules/auth-modes.ts';
import type { ConnectionModel } from '../3-resolve/model.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { PersonaFields, RouteFields } from '../fields/gateway-fields.ts';
import type { Rule } from './rule.ts';

/**
 * What is said of MCP servers alone can match a call of a tool, `POST /{tool}`. A pattern of names may be meant for
 * another connection that it matches, so it is at fault only where it matches MCP servers and nothing else.
 */
export const toolRoutes: Rule = (model, report) => {
  const servesTools = (pattern: string | undefined): boolean => {
    const matched = model.connections.filter(({ name }) => pattern !== undefined && matchGlob(pattern, name));
    return matched.length > 0 && matched.every(isServer);
  };
  for (const { fields } of model.personas) {
    if (fields.read_only?.value === true) checkReadOnly(fields, servesTools, report);
    for (const { value: route } of fields.routes?.value ?? []) {
      if (route !== undefined && servesTools(route.connection?.value)) checkRoute(route, report);
    }
  }
};

function isServer({ authMode }: ConnectionModel): boolean {
  return authMode !== null && isMcpServer({ auth_mode: authMode });
}

function checkReadOnly(
  { connections, read_only: readOnly }: PersonaFields,
  servesTools: (pattern: string | undefined) => boolean,
  report: Report,
): void {
  for (const { span, value } of connections?.value?.allow?.value ?? []) {
    if (value === undefined || readOnly === undefined || !servesTools(value)) continue;
    report(
      diagnostic('GW3016', span, {
        message: `${quote(value)} allows nothing: tools of MCP servers are called by POST, and the persona is for reading only`,
        help: 'give it another persona, with the tools that read under `routes`',
        notes: [{ message: 'said here', span: readOnly.key }],
      }),
    );
  }
}

function checkRoute({ methods, paths }: RouteFields, report: Report): void {
  for (const { span, value } of methods?.value ?? []) {
    if (value === undefined || value === 'POST') continue;
    report(
      diagnostic('GW3018', span, {
        message: `${quote(value)} matches nothing: tools of MCP servers are called by POST`,
      }),
    );
  }
  for (const { span, value } of paths?.value ?? []) {
    if (value === undefined || pathGlobFault(value) !== null || matchesTool(value)) continue;
    report(
      diagnostic('GW3018', span, {
        message: `${quote(value)} matches no tool of an MCP server: the path of each is "/{tool}"`,
      }),
    );
  }
}

function matchesTool(glob: string): boolean {
  const segments = pathGlobSegments(glob);
  const single = segments.filter((segment) => segment !== '**').length;
  return single === 1 || (single === 0 && segments.length > 0);
}
