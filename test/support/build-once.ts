import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { bundle } from '../../bundle.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder like the repository's own after `npm run build`. */
    readonly built: string;
  }
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Builds gw once for all tests, into a folder of its own: nothing depends on a dist/ that is there or not,
 * and no two tests write one. Types are not checked here; `npm run check` does that.
 */
export async function setup({ provide }: TestProject): Promise<() => void> {
  const built = mkdtempSync(join(tmpdir(), 'gw-built-'));
  await bundle(join(built, 'dist'));
  for (const name of ['package.json', 'catalogs', 'gateway.d'])
    cpSync(join(ROOT, name), join(built, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(built, 'node_modules'));
  provide('built', built);
  return () => rmSync(built, { recursive: true, force: true });
}
