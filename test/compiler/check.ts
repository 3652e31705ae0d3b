import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../../compiler/compile.ts';
import type { Compiled } from '../../compiler/compile.ts';
import type { TextRead, Workspace } from '../../compiler/1-read/workspace.ts';
import { readWorkspace } from '../../compiler/1-read/read-workspace.ts';
import { Source } from '../../compiler/source/source.ts';
import { renderText } from '../../compiler/diagnostic/text.ts';
import { decodeTable } from '../../table/decode.ts';
import { encodeTable } from '../../table/encode.ts';
import { expect } from 'vitest';

export const FIXTURES: string = import.meta.dirname;

/** Gives the names of the cases of a kind. */
export function casesOf(kind: 'accept' | 'reject'): string[] {
  return readdirSync(join(FIXTURES, kind)).sort();
}

/** Compiles a case. A folder `builtin` in it stands for the catalogs of the package. */
export function compileCase(folder: string): Promise<Compiled> {
  const builtIn = join(folder, 'builtin');
  return compile(readWorkspace(folder, existsSync(builtIn) ? builtIn : null), { literalSecrets: 'error' });
}

/** Compiles a case and compares the whole of what it gives with the file beside it. UPDATE=1 writes that file anew. */
export async function check(kind: 'accept' | 'reject', name: string): Promise<Compiled> {
  const folder = join(FIXTURES, kind, name);
  const compiled = await compileCase(folder);
  const rendered = renderText(compiled.diagnostics, { color: false });
  if (kind === 'accept') {
    expect(rendered).toBe('');
    expect(compiled.table).not.toBeNull();
    if (compiled.table === null) return compiled;
    const encoded = encodeTable(compiled.table);
    expect(decodeTable(encoded.bytes, encoded.digest)).toEqual(compiled.table);
    compareWith(join(folder, 'expected.json'), `${JSON.stringify(compiled.table, null, 2)}\n`);
  } else {
    compareWith(join(folder, 'expected.txt'), rendered);
  }
  return compiled;
}

/** Compares a text with a file. UPDATE=1 writes that file anew. */
export function compareWith(file: string, actual: string): void {
  if (process.env['UPDATE'] === '1') writeFileSync(file, actual);
  expect(actual).toBe(readFileSync(file, 'utf8'));
}

/** Gives a workspace of files in memory, by their path in the folder. */
export function workspaceOf(files: Readonly<Record<string, string>>): Workspace {
  const paths = Object.keys(files).sort();
  const names = new Set(paths.flatMap((path) => /^catalogs\/([^/]+)\//.exec(path)?.[1] ?? []));
  return {
    gatewayFiles: paths
      .filter((path) => path.startsWith('gateway.d/'))
      .map((path) => new Source(path, files[path] ?? '')),
    catalogs: [...names].map((name) => ({
      name,
      origin: 'folder',
      path: `catalogs/${name}`,
      readCatalog: () => textOf(files[`catalogs/${name}/catalog.yaml`]),
      readDocument: (path) => {
        const text = textOf(files[`catalogs/${name}/${path}`]);
        return 'fault' in text ? text : { bytes: Buffer.from(text.text) };
      },
    })),
    diagnostics: [],
  };
}

function textOf(text: string | undefined): TextRead {
  return text === undefined ? { fault: 'missing' } : { text };
}
