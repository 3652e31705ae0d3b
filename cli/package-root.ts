import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Gives the folder of this package: the nearest one upwards whose package.json is named "gw". The same
 * from the sources and from dist/. Throws when there is none, which is a fault of the installation.
 */
export function packageRoot(): string {
  return findPackage().folder;
}

/** Gives the version of this package. */
export function packageVersion(): string {
  return findPackage().version;
}

interface Package {
  readonly folder: string;
  readonly version: string;
}

function findPackage(): Package {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const version = versionIn(folder);
    if (version !== null) return { folder, version };
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error('the package.json of gw is not where it should be; install gw anew');
    folder = parent;
  }
}

function versionIn(folder: string): string | null {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (typeof manifest !== 'object' || manifest === null || Reflect.get(manifest, 'name') !== 'gw')
      return null;
    return String(Reflect.get(manifest, 'version'));
  } catch {
    return null;
  }
}
