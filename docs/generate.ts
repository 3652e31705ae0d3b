import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODES } from '../compiler/diagnostic/codes.ts';
import { CATALOG_FILE } from '../compiler/fields/catalog-fields.ts';
import { GATEWAY_FILE } from '../compiler/fields/gateway-fields.ts';
import { jsonSchema } from '../compiler/fields/json-schema.ts';

/** Writes the pages that are made from the sources. CI makes them again and fails when they differ. */
const FOLDER = import.meta.dirname;

const GROUPS: readonly (readonly [prefix: string, title: string])[] = [
  ['GW1', 'Reading and parsing'],
  ['GW2', 'Shape of files'],
  ['GW3', 'Names and references'],
  ['GW4', 'Connections and the gateway section'],
  ['GW5', 'Callers and personas'],
  ['GW6', 'Catalogs and descriptions'],
];

mkdirSync(join(FOLDER, 'schema'), { recursive: true });
writeFileSync(join(FOLDER, 'diagnostics.md'), diagnosticsPage());
writeJson('schema/gateway.schema.json', jsonSchema(GATEWAY_FILE, 'gateway.schema.json', 'A file of gateway.d'));
writeJson('schema/catalog.schema.json', jsonSchema(CATALOG_FILE, 'catalog.schema.json', 'A catalog.yaml'));

function writeJson(path: string, value: unknown): void {
  writeFileSync(join(FOLDER, path), `${JSON.stringify(value, null, 2)}\n`);
}

function diagnosticsPage(): string {
  const sections = GROUPS.map(([prefix, title]) => {
    const entries = Object.entries(CODES).filter(([code]) => code.startsWith(prefix));
    return `## ${title}\n\n${entries.map(([code, facts]) => entry(code, facts)).join('\n')}`;
  });
  return `# Diagnostics

What \`gw compile\` and \`gw check\` can find. Every finding has one of these codes; a code is never used again for another fault.
This page is made from the compiler's list by \`npm run docs\`.

${sections.join('\n')}`;
}

function entry(code: string, facts: (typeof CODES)[keyof typeof CODES]): string {
  return `### ${code}

**${facts.title}** (${facts.severity}, \`${facts.slug}\`)

${facts.why}

To fix it: ${facts.fix}
`;
}
