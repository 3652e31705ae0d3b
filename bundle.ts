import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import type { Plugin } from 'rolldown';
import { readMigrations } from './runtime/store/read-migrations.ts';

// The program as it is published (docs/decisions/0013-bundled-program.md): few files for each command, because
// finding, reading and linking hundreds of modules is most of what a start costs.

const ROOT = import.meta.dirname;
/** What `gw` needs of them at its start is bundled. Everything else is installed, and loaded when it is needed. */
const BUNDLED = ['commander', 'picocolors', 'pino', 'yaml'];

/** What is started by its file, not imported: a thread. */
const STORE_THREAD = 'runtime/observe/audit/store-thread';
const PROGRAM = ['cli/gw', 'demo/demo', STORE_THREAD];

/** A part of a bundled package that gw does not come to, and that every start would read. Using it is an error. */
interface LeftOut {
  readonly importer: RegExp;
  readonly imported: RegExp;
}

const LEFT_OUT: readonly LeftOut[] = [
  // Worker threads that write logs.
  { importer: /\/pino\/(?:pino|lib\/tools)\.js$/, imported: /^\.\/(?:lib\/)?transport$/ },
];

/** Writes modules and what they import to a folder, in place of what is there: of the program, `cli/gw.js` and what it starts. */
export async function bundle(dist: string, modules: readonly string[] = PROGRAM): Promise<void> {
  await build({
    cwd: ROOT,
    input: Object.fromEntries(modules.map((name) => [name, `${name}.ts`])),
    platform: 'node',
    external: (id, importer) => isPackage(id) && !isBundled(id, importer),
    transform: {
      define: {
        PROGRAM_DIGEST: JSON.stringify(programDigest()),
        // As seen from `cli/` and `chunks/`.
        STORE_THREAD: JSON.stringify(`../${STORE_THREAD}.js`),
        MIGRATIONS: JSON.stringify(Object.fromEntries(readMigrations().map(({ name, sql }) => [name, sql]))),
      },
    },
    plugins: [leftOut(), asciiOnly(), kind(), licences()],
    output: {
      dir: dist,
      cleanDir: true,
      sourcemap: true,
      format: 'cjs',
      comments: false,
      chunkFileNames: 'chunks/[name]-[hash].js',
    },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle(join(ROOT, 'dist'));

function isPackage(id: string): boolean {
  return !id.startsWith('.') && !isAbsolute(id);
}

/** What a bundled package needs is bundled too. */
function isBundled(id: string, importer: string | undefined): boolean {
  return importer?.includes('node_modules') === true || BUNDLED.some((name) => id.startsWith(name));
}

/** What compiling depends on beside its input: a result that is kept between runs is of this program. */
function programDigest(): string {
  const digest = createHash('sha256');
  const sources = ['compiler', 'table'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  for (const path of [...sources.filter((name) => name.endsWith('.ts')).sort(), 'package-lock.json'])
    digest.update(`${path}\n`).update(readFileSync(join(ROOT, path)));
  return digest.digest('hex');
}

/** Leaves those parts out; throws where a package no longer has one. */
function leftOut(): Plugin {
  const seen = new Set<LeftOut>();
  return {
    name: 'left-out',
    resolveId(id, importer = '') {
      const part = LEFT_OUT.find((one) => one.importer.test(importer) && one.imported.test(id));
      if (part === undefined) return null;
      seen.add(part);
      return `\0left out: ${basename(importer)} ${id}`;
    },
    load(id) {
      if (!id.startsWith('\0left out')) return null;
      return `module.exports = () => { throw new Error(${JSON.stringify(id.slice(1))}); };`;
    },
    buildEnd(error) {
      const modules = [...this.getModuleIds()];
      const gone = LEFT_OUT.find((part) => !seen.has(part) && modules.some((id) => part.importer.test(id)));
      if (error === undefined && gone !== undefined)
        throw new Error(
          `nothing imports ${gone.imported.source} any more: what a start reads has to be looked at`,
        );
    },
  };
}

/** Writes what is not ASCII as escapes: one such character doubles what a text of code takes to be read. */
function asciiOnly(): Plugin {
  return {
    name: 'ascii-only',
    renderChunk: (code) => ({
      code: code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
      // Lines stay.
      map: null,
    }),
  };
}

/** Says that what is built is CommonJS, which a start reads without waiting for anything. */
function kind(): Plugin {
  return {
    name: 'kind',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' });
    },
  };
}

/** Writes the licences of the packages whose code is in the bundle. */
function licences(): Plugin {
  return {
    name: 'licences',
    generateBundle(_output, files) {
      const modules = Object.values(files).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
      const folders = new Set(modules.flatMap((id) => packageFolder(id) ?? []));
      const texts = [...folders].sort().map(licenceOf);
      this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY.txt', source: texts.join('\n') });
    },
  };
}

function packageFolder(id: string): string | null {
  if (!id.includes('node_modules')) return null;
  let folder = dirname(id);
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

function licenceOf(folder: string): string {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
  };
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(?:\.\w+)?$/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence that could be copied into the bundle`);
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}
