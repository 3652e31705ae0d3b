import { chooseHost, hostChoices } from '../runtime/2-match/choose-host.ts';
import { fillSegment } from '../runtime/2-match/fill-segment.ts';
import { placePath, preparePath } from '../runtime/2-match/place-path.ts';
import { upstreamPath } from '../runtime/2-match/upstream-path.ts';
import { shapeQuery } from '../runtime/4-shape/shape-query.ts';
import { Hidden } from '../runtime/hidden.ts';
import { Problem } from '../runtime/problem.ts';
import { encodeSegment } from '../table/rules/encode-segment.ts';
import { fillVariables } from '../table/rules/variable-text.ts';
import type { Connection, Value } from '../table/types.ts';
import { accessToken } from './header-layers.ts';
import { hiddenValue, hiddenVariable } from './hidden-value.ts';

/** Gives the path behind the connection's name as everything sees it from there on, secrets shown as where they come from. */
export function shownPath(connection: Connection, rest: string): string | Problem {
  if (connection.path === null) return rest;
  return placePath(
    preparePath(connection.path, {
      segmentOf: (value) => shownSegment(value, connection),
      variableOf: (name) => oneSegment(hiddenVariable(name, connection)),
    }),
    rest,
  );
}

function shownSegment(value: Value, connection: Connection): string {
  const shown = hiddenValue(value, connection);
  return 'text' in value ? encodeSegment(shown) : oneSegment(shown);
}

/** What stands for a secret is one segment, as the secret is: rules would see those of its file's path. */
function oneSegment(shown: string): string {
  return shown.replace(/(\$\{file:)[^}]*\//g, '$1…');
}

/** Gives the URL that a request goes to, secrets shown as where they come from, or why there is none. */
export function shownUrl(connection: Connection, method: string, rest: string): string | Problem {
  const { credential, upstream, query } = connection;
  const { hosts } = upstream;
  const chosen = hosts[chooseHost(hostChoices(hosts), method, rest) - 1] ?? upstream;
  const [origin, basePath] = [chosen.origin, chosen.base_path].map((text) =>
    fillVariables(text, (name) => hiddenVariable(name, connection)),
  ) as [string, string];
  const shown = (value: Value): string => hiddenValue(value, connection);
  let filled: string | Problem = rest;
  if (credential.kind === 'path') {
    const { segment, prefix, suffix, secret } = credential;
    filled = fillSegment(rest, { segment, value: new Hidden(prefix + shown(secret) + suffix) });
  }
  if (filled instanceof Problem) return filled;
  const pairs = query.map(({ name, value }) => [
    name,
    'text' in value ? encodeURIComponent(value.text) : shown(value),
  ]);
  if (credential.kind === 'query') pairs.push([credential.name, shown(credential.secret)]);
  const send = credential.kind === 'oauth2' ? credential.oauth2.send : null;
  if (send?.in === 'query')
    pairs.push([send.name, `${send.prefix}[${accessToken(connection)}]${send.suffix}`]);
  const path = upstreamPath(basePath, filled);
  if (pairs.length === 0) return origin + path;
  const text = pairs.map(([name = '', value = '']) => `${encodeURIComponent(name)}=${value}`).join('&');
  return (
    origin + shapeQuery(path, { names: new Set(pairs.map(([name = '']) => name)), text: new Hidden(text) })
  );
}
