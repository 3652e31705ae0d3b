import { byCodeUnit } from '../../table/rules/by-code-unit.ts';
import { foldHeaderName } from '../../table/rules/fold-header-name.ts';
import type { HeaderLine, HeaderPlan } from '../../table/types.ts';
import {
  credentialHeaderName,
  effectiveDefaultHeaders,
  effectiveStaticHeaders,
} from '../3-resolve/effective.ts';
import type { ConnectionModel } from '../3-resolve/model.ts';
import type { Named } from '../fields/field.ts';
import type { TextFiller } from './lower-variables.ts';
import { lowerValue } from './values.ts';

/** Gives the layers of a connection's headers, in the order in which they were written: the catalog's before its own. */
export function lowerHeaders(connection: ConnectionModel, filler: TextFiller): HeaderPlan {
  const own = [...(connection.fields.static_headers?.value ?? [])].map(([name, field]): HeaderLine => {
    return { name, value: lowerValue(field) };
  });
  const set = [...filled(effectiveStaticHeaders(connection), filler), ...own];
  const owned = new Set(set.map((line) => foldHeaderName(line.name)));
  const credential = credentialHeaderName(connection);
  if (credential !== null) owned.add(foldHeaderName(credential));
  // A default would never show below a static header of its name.
  const defaults = filled(effectiveDefaultHeaders(connection), filler).filter(
    ({ name }) => !owned.has(foldHeaderName(name)),
  );
  return { defaults, set, owned: [...owned].sort(byCodeUnit) };
}

/** Gives a catalog's lines, but for those whose variable has no value. */
function filled(lines: Named<string>, filler: TextFiller): HeaderLine[] {
  return [...lines].flatMap(([name, field]) => {
    const value = filler.value(field);
    return value === null ? [] : { name, value };
  });
}
