import { checkExtents } from './records/check-extents.ts';
import { deepFreeze } from './deep-freeze.ts';
import { digestOf } from './encode.ts';
import { foldHeaderName } from './rules/fold-header-name.ts';
import { headerValueFault } from './rules/header-syntax.ts';
import { apiKeyHeaderFault, operatorHeaderFault } from './rules/operator-headers.ts';
import { refuse, TableError } from './shape.ts';
import { tableShape } from './shapes.ts';
import { TABLE_FORMAT } from './types.ts';
import type { Connection, HeaderLine, Table } from './types.ts';

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
    const connections = plan.connections.map(({ connection }) => ({ name: connection }));
    checkNames(`access[${at}].connections`, connections);
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

function checkConnection(connection: Connection): void {
  const path = `connections ${connection.name}`;
  const { auth_mode, credential, headers } = connection;
  // Fail closed: a mode that wants a credential has a plan for it.
  if ((auth_mode === 'none') !== (credential.kind === 'none'))
    refuse(`${path}.credential`, `the plan of auth_mode ${auth_mode}`);
  const keyHeader = credential.kind === 'header' ? credential.name : null;
  if (keyHeader !== null && apiKeyHeaderFault(keyHeader) !== null) {
    refuse(`${path}.credential`, `a header that may carry a key, not ${keyHeader}`);
  }
  if (credential.kind === 'header' && headerValueFault(`${credential.prefix}x${credential.suffix}`) !== null)
    refuse(`${path}.credential`, 'a prefix and suffix that a header may have');
  checkLines(`${path}.headers.defaults`, headers.defaults, keyHeader);
  checkLines(`${path}.headers.set`, headers.set, keyHeader);
  const owned = headers.set.map((line) => foldHeaderName(line.name));
  if (keyHeader !== null) owned.push(foldHeaderName(keyHeader));
  if (credential.kind === 'basic') owned.push('authorization');
  const listed = new Set(headers.owned);
  const missing = owned.find((name) => !listed.has(name));
  if (missing !== undefined) refuse(`${path}.headers.owned`, `${missing} among the owned names`);
  // A default of an owned name would go out beside the higher layer's.
  const doubled = headers.defaults.find((line) => listed.has(foldHeaderName(line.name)));
  if (doubled !== undefined)
    refuse(`${path}.headers.defaults ${doubled.name}`, 'a name that no layer above owns');
}

function checkLines(path: string, lines: readonly HeaderLine[], keyHeader: string | null): void {
  const seen = new Set<string>();
  for (const { name, value } of lines) {
    const folded = foldHeaderName(name);
    if (seen.has(folded)) refuse(`${path} ${name}`, 'each name once');
    seen.add(folded);
    const fault = operatorHeaderFault(name, keyHeader);
    if (fault !== null) refuse(`${path} ${name}`, `a name that may be set (${fault})`);
    if ('text' in value && headerValueFault(value.text) !== null) refuse(`${path} ${name}`, 'a header value');
  }
}
