import { checkConnection } from './check-connection.ts';
import { checkExtents } from './records/check-extents.ts';
import { deepFreeze } from './deep-freeze.ts';
import { digestOf } from './encode.ts';
import { refuse, TableError } from './shape.ts';
import { tableShape } from './shapes.ts';
import { TABLE_FORMAT } from './types.ts';
import type { Table } from './types.ts';

/**
 * Gives the table of these bytes, checked again and frozen all through.
 *
 * Throws a TableError when the bytes do not have the digest, are of another format, or hold what the
 * compiler would have refused. The checks repeat the compiler's on purpose: the table travels through
 * images, volumes and ConfigMaps, and the runtime trusts nothing that it did not check itself.
 */
export function decodeTable(bytes: Uint8Array, digest: string): Table {
  const actual = digestOf(bytes);
  if (actual !== digest) {
    throw new TableError(`the table's bytes have the digest ${actual}, not ${digest}: it was changed or cut`);
  }
  const value = parse(bytes);
  const format: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, 'format') : undefined;
  if (format !== TABLE_FORMAT) {
    throw new TableError(
      `the table has format ${JSON.stringify(format)}, this program reads ${TABLE_FORMAT}: compile it again with this version`,
    );
  }
  const table = tableShape(value, '');
  checkTogether(table);
  return deepFreeze(table);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new TableError('the table is not JSON', { cause: error });
  }
}

function checkTogether(table: Table): void {
  checkNames('connections', table.connections);
  checkNames('callers', table.callers);
  checkNames('personas', table.personas);
  for (const connection of table.connections) checkConnection(connection);
  checkDescriptions(table);
  for (const [at, plan] of table.access.entries()) {
    const named = (list: readonly { readonly connection: string }[]): { name: string }[] =>
      list.map(({ connection }) => ({ name: connection }));
    checkNames(`access[${at}].connections`, named(plan.connections));
    checkNames(`access[${at}].denied`, named(plan.denied));
    checkNames(
      `access[${at}].tools`,
      plan.tools.map(({ tool }) => ({ name: tool })),
    );
  }
  for (const caller of table.callers) {
    if (table.access[caller.access] === undefined)
      refuse(`callers ${caller.name}.access`, 'an index of access');
  }
}

function checkDescriptions(table: Table): void {
  checkExtents(table.descriptions, table.records);
  for (const { name, catalog, validate, expose } of table.connections) {
    const uses = catalog?.descriptions ?? [];
    checkNames(`connections ${name}.catalog.descriptions`, uses);
    for (const use of uses) {
      if (table.descriptions[use.entry]?.name !== use.name)
        refuse(`connections ${name}.catalog.descriptions ${use.name}.entry`, 'the index of its description');
    }
    // Fail closed: without a description nothing would be checked.
    if (uses.length === 0 && (validate !== 'off' || expose === 'operations'))
      refuse(`connections ${name}.catalog`, 'a description, which validate and expose need');
  }
}

/** Names are in code unit order, so no name stands twice and the bytes are the canonical ones. */
function checkNames(section: string, named: readonly { readonly name: string }[]): void {
  let last: string | null = null;
  for (const { name } of named) {
    if (last !== null && name <= last) refuse(`${section} ${name}`, 'names in order, each once');
    last = name;
  }
}
