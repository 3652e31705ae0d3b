// Reads and parses a document, or every JSON and YAML file of a folder, and nothing else: the floor.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [path, from] = process.argv.slice(2);
const files = statSync(path).isDirectory()
  ? readdirSync(path, { recursive: true }).map((name) => join(path, name))
  : [path];
let load = null;
let parsed = 0;
for (const file of files) {
  if (!/\.(?:json|ya?ml)$/.test(file)) continue;
  const text = readFileSync(file, 'utf8');
  // The same parser, of the same version, as gw has.
  if (!file.endsWith('.json')) load ??= createRequire(from)('js-yaml').load;
  globalThis.value = file.endsWith('.json') ? JSON.parse(text) : load(text);
  parsed += 1;
}
if (parsed === 0) throw new Error(`nothing in ${path} was parsed`);
