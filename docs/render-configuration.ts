import { CATALOG_FILE } from '../compiler/fields/catalog-fields.ts';
import { GATEWAY_FILE } from '../compiler/fields/gateway-fields.ts';
import { meaningOf } from '../compiler/fields/json-schema.ts';
import type { AnyShape, FieldSpec } from '../compiler/fields/shape.ts';

const INTRODUCTION = `# Configuration

Generated from \`compiler/fields/\` by \`npm run docs\`; the compiler reads with the same declarations.

\`gateway.d/**/*.yaml\` are read in name order (\`*.gwtest.yaml\` aside). Each may hold any of the sections; the keys of
\`gateway\` in several files merge, and a name or key that is given twice is an error. Begin a file with
\`# yaml-language-server: $schema=…/docs/schema/gateway.schema.json\` and editors complete and check it.

- **secret**: \`\${env:NAME}\`, \`\${file:PATH}\` (one newline at its end is taken off; a relative path counts from the folder in
  which \`gw serve\` runs), or sealed text (\`gw secret seal\`; opened with \`GW_ENCRYPTION_KEY\`). Never the value itself. References are read
  when serving starts or reloads.
- **value**: public where it is written out, secret where it is a reference.
- **duration**: \`500ms\`, \`10s\`, \`5m\`, \`2h\`, \`60d\`. **size**: \`512B\`, \`16KiB\`, \`10MiB\`, \`1GiB\`.
`;

/** Gives docs/configuration.md: every key of both kinds of file, with its type, default and meaning. */
export function renderConfiguration(): string {
  return [
    INTRODUCTION,
    '## gateway.d/**/*.yaml',
    ...tables('', GATEWAY_FILE),
    '',
    '## catalogs/NAME/catalog.yaml',
    '',
    'Facts about one API, the same for everybody. A folder of that name beside `gateway.d/` replaces the built-in catalog',
    'as a whole, also where other built-in catalogs extend it. A version may override the fields above it, each as a whole.',
    ...tables('', CATALOG_FILE),
    '',
  ].join('\n');
}

/** A table for a record, then those of the records inside it. */
function tables(path: string, shape: AnyShape): string[] {
  if (shape.kind === 'map') return tables(`${path}.NAME`, shape.of);
  if (shape.kind === 'list') return tables(`${path}[]`, shape.of);
  if (shape.kind !== 'record') return [];
  const fields = Object.entries(shape.fields);
  if (fields.length === 0) return [];
  const heading = path === '' ? [] : ['', `### ${path.slice(1)}`];
  const rows = fields.map(([key, spec]) => row(key, spec));
  const foreign = Object.entries(shape.foreign).map(([key, why]) => `\`${key}\` is no key here: ${why}.`);
  const inner = fields.flatMap(([key, spec]) => tables(`${path}.${key}`, spec.shape));
  const notes = foreign.length === 0 ? [] : ['', ...foreign.map((note) => `- ${note}`)];
  return [...heading, '', '| key | type | default | |', '|---|---|---|---|', ...rows, ...notes, ...inner];
}

function row(key: string, spec: FieldSpec<unknown>): string {
  const { shape, default: fallback, required, aliases } = spec;
  const names = [key, ...(aliases ?? [])].map((name) => `\`${name}\``).join(', also ');
  const given = required === true ? 'required' : (fallback ?? '');
  return `| ${names} | ${typeOf(shape)} | ${given} | ${meaningOf(spec).replaceAll('|', '\\|')} |`;
}

function typeOf(shape: AnyShape): string {
  switch (shape.kind) {
    case 'word':
      return shape.words.map((one) => `\`${one}\``).join(' ');
    case 'integer':
      return `whole number from ${shape.min}`;
    case 'positive':
      return 'number above 0';
    case 'flag':
      return '`true` `false`';
    case 'duration':
      return shape.seconds ? 'duration, or seconds' : 'duration';
    case 'size':
      return shape.bytes ? 'size, or bytes' : 'size';
    case 'secret_url':
      return 'URL with secrets';
    case 'words':
      return 'list of words';
    case 'list':
      return `list of ${typeOf(shape.of)}`;
    case 'map':
      return `names, each with a ${typeOf(shape.of)}`;
    case 'record':
      return 'mapping';
    case 'text':
    case 'secret':
    case 'value':
      return shape.kind;
  }
}
