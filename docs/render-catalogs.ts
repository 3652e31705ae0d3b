import { usableCatalogs, usualFacts } from '../cli/catalog/usable-catalogs.ts';
import { waysOf } from '../cli/add/ways.ts';
import type { CatalogFolder } from '../compiler/1-read/workspace.ts';
import type { CatalogFacts } from '../compiler/3-resolve/read-catalog.ts';
import { cell, code } from './markdown.ts';
import { describedOperations } from './described-operations.ts';
import { renderCatalog } from './render-catalog.ts';

const INTRODUCTION = `# Catalogs

Generated from \`catalogs/*/catalog.yaml\` by \`npm run docs\`.

What gw knows of these APIs: where they are, how they authenticate, what they want in every request. \`gw add NAME\`
writes the connection; \`gw add WORD\` searches this list. Facts are those that the vendors document in public; vendors change
them. A folder \`catalogs/NAME\` beside \`gateway.d/\` replaces the catalog of that name.

**Ways to authenticate**: \`api_key\`, \`basic\` and \`bearer\` take a credential from the connection. With \`oauth2\`, \`oauth1\`
and \`mcp\` somebody signs in: each account under \`grants: true\`, else one for all ([control API](control-api.md)). Where
\`oauth2\` is offered, an access token that was obtained elsewhere goes as \`bearer\`.

| catalog | API | where | ways to authenticate | variables |
|---|---|---|---|---|
`;

/** Gives docs/catalogs.md and the guide of each catalog, by their paths in docs/. */
export async function renderCatalogs(folders: readonly CatalogFolder[]): Promise<Map<string, string>> {
  const catalogs = usableCatalogs(folders);
  const pages = new Map<string, string>();
  for (const one of catalogs)
    pages.set(`catalogs/${one.name}.md`, renderCatalog(one, await describedOperations(one, folders)));
  const rows = catalogs.map((catalog) => `${row(catalog)}\n`);
  return pages.set('catalogs.md', `${INTRODUCTION}${rows.join('')}`);
}

function row(catalog: CatalogFacts): string {
  const facts = usualFacts(catalog);
  const ways = waysOf(facts).filter(({ borrowed }) => !borrowed);
  const cells = [
    `[${catalog.name}](catalogs/${catalog.name}.md)`,
    cell(facts.title?.value ?? ''),
    facts.base_url?.value === undefined ? '' : code(facts.base_url.value),
    ways.map(({ key }) => code(key)).join(' '),
    [...(facts.variables?.value?.keys() ?? [])].map(code).join(' '),
  ];
  return `| ${cells.join(' | ')} |`;
}
