import { foldHeaderName } from '../../table/rules/fold-header-name.ts';
import type { HeaderLine, HeaderPlan } from '../../table/types.ts';
import { effectiveDefaultHeaders } from '../3-resolve/effective.ts';
import type { ConnectionModel } from '../3-resolve/model.ts';
import { placeOf } from '../source/span.ts';
import { credentialHeader } from './lower-credential.ts';
import { byCodeUnit, lowerValue, must } from './values.ts';

/** Gives the layers of a connection's headers, in the order in which they were written. */
export function lowerHeaders(connection: ConnectionModel): HeaderPlan {
  const set: HeaderLine[] = [...(connection.fields.static_headers?.value ?? [])].map(([name, field]) => {
    return { name, value: lowerValue(field) };
  });
  const owned = new Set(set.map((line) => foldHeaderName(line.name)));
  const credential = credentialHeader(connection);
  if (credential !== null) owned.add(credential);
  const defaults: HeaderLine[] = [];
  for (const [name, field] of effectiveDefaultHeaders(connection)) {
    // A default would never show below a static header of its name.
    if (owned.has(foldHeaderName(name))) continue;
    defaults.push({ name, value: { text: must(field), at: placeOf(field.key) } });
  }
  return { defaults, set, owned: [...owned].sort(byCodeUnit) };
}
