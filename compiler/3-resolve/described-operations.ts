import { readBaseUrl } from '../../table/rules/base-url.ts';
import { templateSegments } from '../../table/rules/template.ts';
import { fillVariables } from '../../table/rules/variable-text.ts';
import { declaredPrefix, prefixOn } from './description-prefix.ts';
import { effectiveBaseUrl } from './effective.ts';
import type { ConnectionModel } from './model.ts';

/** An operation as rules about paths see it on one connection. */
export interface PlacedOperation {
  readonly method: string;
  /** Its template's segments, behind the prefix that the connection's paths have. */
  readonly template: readonly string[];
}

/**
 * Gives the operations of a connection's descriptions as rules see them; null where that cannot be told: a
 * description was not read, its path is unclear, or the catalog changes paths before rules are asked.
 */
export function describedOperations(connection: ConnectionModel): PlacedOperation[] | null {
  const { catalog } = connection;
  const written = effectiveBaseUrl(connection)?.value;
  if (catalog === null || catalog.facts.path !== undefined || written === undefined) return null;
  const url = readBaseUrl(fillVariables(written, () => 'x'));
  if ('fault' in url) return null;
  const placed: PlacedOperation[] = [];
  for (const model of catalog.descriptions) {
    const declared = declaredPrefix(model);
    if (model.description === null || declared === null) return null;
    const { operations } = model.description;
    const { prefix } = prefixOn(
      url.path,
      declared,
      operations.map(({ path }) => path),
    );
    for (const { method, path } of operations)
      placed.push({ method, template: templateSegments(prefix + path) });
  }
  return placed;
}
