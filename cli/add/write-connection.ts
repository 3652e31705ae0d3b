import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CompileCache } from '../../compiler/1-read/compile-cache.ts';
import type { CatalogFolder, Workspace } from '../../compiler/1-read/workspace.ts';
import { compile } from '../../compiler/compile.ts';
import { resolveVersion, readCatalogReference } from '../../compiler/3-resolve/catalog-reference.ts';
import { allowsConnection } from '../../compiler/3-resolve/persona-access.ts';
import type { CatalogFacts } from '../../compiler/3-resolve/read-catalog.ts';
import { readDeclarations } from '../../compiler/3-resolve/read-declarations.ts';
import type { Declarations } from '../../compiler/3-resolve/read-declarations.ts';
import { Source } from '../../compiler/source/source.ts';
import { connectionNameFault } from '../connection-name.ts';
import { UsageError } from '../usage-error.ts';
import { connectionText } from './connection-text.ts';
import { draftConnection } from './draft-connection.ts';
import type { Draft, DraftOf } from './draft-connection.ts';
import { nextSteps } from './next-steps.ts';
import { waysOf } from './ways.ts';

/** What is to be added. */
export interface Addition {
  readonly dir: string;
  readonly workspace: Workspace;
  readonly catalog: CatalogFacts;
  /** The catalog as it was named: `name` or `name@version`. */
  readonly reference: string;
  /** The connection's name, where it is not the catalog's. */
  readonly as: string | null;
  /** The way to authenticate, where it is not the first. */
  readonly auth: string | null;
  readonly given: ReadonlyMap<string, string>;
  readonly cache: CompileCache | null;
}

/** What came of it: the file, and what there is to tell; or why nothing was written. */
export type Added =
  | { readonly path: string; readonly steps: readonly string[] }
  | { readonly refused: string };

/**
 * Writes `gateway.d/NAME.yaml` for a connection to a catalog. Nothing that is there is overwritten. Throws a
 * UsageError for a way, a version, a name or a value of a variable that cannot be.
 */
export async function writeConnection(addition: Addition): Promise<Added> {
  const of = draftOf(addition);
  const draft = draftConnection(of);
  const text = connectionText(draft, of);
  const checked = await checkDraft(addition, of, draft);
  if ('refused' in checked) return checked;
  const { dir, workspace } = addition;
  const declared = declarationsOf(workspace);
  const path = `gateway.d/${of.name}.yaml`;
  const other = declared.connections.find((one) => one.name === of.name)?.key.source.path;
  if (other !== undefined || existsSync(join(dir, path))) {
    const taken = other === undefined ? `${path} is there` : `${other} has a connection ${of.name}`;
    return {
      refused: `${taken} already; nothing was written. Give the new one another name: --as ${of.name}-2`,
    };
  }
  const file = join(dir, path);
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${error instanceof Error ? error.message : ''}`);
  }
  const { gateway } = declared;
  const steps = nextSteps({
    draft,
    of,
    file,
    dir,
    gateway,
    ...checked,
    isAllowed: isAllowed(declared, of.name),
  });
  return { path: file, steps };
}

function draftOf({ catalog, reference, as, auth, given }: Addition): DraftOf {
  const wanted = readCatalogReference(reference).version;
  const version = resolveVersion(catalog, wanted);
  if (version === null) {
    const known = catalog.versions.flatMap((one) => one.version ?? []);
    const has = known.length === 0 ? 'it has no versions' : `it has ${known.join(', ')}`;
    throw new UsageError(
      wanted === null
        ? `the catalog ${catalog.name} has several versions and no default: write ${catalog.name}@${known[0]}`
        : `the catalog ${catalog.name} has no version ${JSON.stringify(wanted)}: ${has}`,
    );
  }
  const ways = waysOf(version.facts);
  const way = auth === null ? ways[0] : ways.find(({ key }) => key === auth);
  if (way === undefined)
    throw new UsageError(
      `--auth: the catalog ${catalog.name} offers ${ways.map(({ key }) => key).join(', ')}, not ${JSON.stringify(auth)}`,
    );
  const name = as ?? catalog.name;
  const fault = connectionNameFault(name);
  if (fault !== null) throw new UsageError(`--as: ${fault}`);
  return { name, catalog: reference, version, way, given };
}

/**
 * Compiles the draft by itself, with references where values are still to be filled in, so that what was asked for is
 * checked by the rules of `gw check`. Gives whether the catalog describes operations, or why it cannot be used.
 */
async function checkDraft(
  { workspace, catalog, given, cache }: Addition,
  of: DraftOf,
  draft: Draft,
): Promise<{ readonly described: boolean } | { readonly refused: string }> {
  const unknown = [...given].filter(([name]) => !draft.variables.some((one) => one.name === name));
  const filled = [
    ...unknown.map(([name, value]) => ({ name, value: JSON.stringify(value) })),
    ...draft.variables.flatMap(({ name, value, needed }) =>
      needed || value !== null ? { name, value: value ?? '${env:GW_TO_BE_FILLED_IN}' } : [],
    ),
  ];
  const lines = [
    'connections:',
    `  ${JSON.stringify(of.name)}:`,
    ...draft.fields.map(([key, value]) => `    ${key}: ${value}`),
    ...(filled.length === 0 ? [] : ['    variables:']),
    ...filled.map(({ name, value }) => `      ${JSON.stringify(name)}: ${value}`),
  ];
  const written = new Source('gateway.d/draft.yaml', `${lines.join('\n')}\n`);
  const catalogs = familyOf(catalog, workspace.catalogs);
  const { diagnostics, summary } = await compile(
    { gatewayFiles: [written], catalogs, diagnostics: [] },
    { literalSecrets: 'error', cache },
  );
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const own = errors.find(({ span }) => span.source === written);
  if (own !== undefined)
    throw new UsageError(
      [own.message, own.label, own.help].filter((part) => part !== null && part !== '').join('; '),
    );
  return errors.length === 0
    ? { described: summary.operations > 0 }
    : { refused: `the catalog ${catalog.name} has faults; gw check shows them` };
}

function familyOf({ name, fields }: CatalogFacts, folders: readonly CatalogFolder[]): CatalogFolder[] {
  return folders.filter((folder) => folder.name === name || folder.name === fields.extends?.value);
}

/** What the folder declares so far. Its faults are for `gw check` to tell. */
function declarationsOf({ gatewayFiles }: Workspace): Declarations {
  return readDeclarations(gatewayFiles, { report: () => {}, literals: [] });
}

function isAllowed({ personas }: Declarations, connection: string): boolean {
  return personas.some(({ fields }) => allowsConnection(fields, connection));
}
