import { posix } from 'node:path';
import { isMapping } from '../../table/rules/is-mapping.ts';
import { decodePath } from './origin.ts';

/** What a document refers to, beside itself. */
export interface References {
  /** Paths relative to the folder of the first document. */
  readonly inside: ReadonlySet<string>;
  /** References as written that lead to another host, or out of the folder. They are not copied. */
  readonly outside: ReadonlySet<string>;
}

/**
 * Gives the files that a document refers to by `$ref`, and by the mappings of discriminators (OpenAPI 3.1,
 * 4.8.25). `at` is the document's own path. An alias of YAML is looked at once.
 */
export function findReferences(root: unknown, at: string): References {
  const inside = new Set<string>();
  const outside = new Set<string>();
  const seen = new Set<object>();
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    for (const written of referencesOf(value)) {
      const path = pathOf(written, at);
      if (path === null) outside.add(written);
      else if (path !== at) inside.add(path);
    }
    open.push(...Object.values(value));
  }
  return { inside, outside };
}

function referencesOf(value: object): string[] {
  const reference: unknown = Reflect.get(value, '$ref');
  const found = typeof reference === 'string' ? [reference] : [];
  const mapping: unknown = Reflect.get(value, 'mapping');
  if (typeof Reflect.get(value, 'propertyName') === 'string' && isMapping(mapping)) {
    // A value without a dot or slash is the name of a schema.
    const values = Object.values(mapping).filter((one): one is string => typeof one === 'string');
    found.push(...values.filter((one) => /[./]/.test(one.split('#')[0] ?? '')));
  }
  return found.filter((one) => !one.startsWith('#') && one !== '');
}

/** Gives where a reference leads within the folder, or null when it leads out of it (RFC 3986 4.1). */
function pathOf(written: string, at: string): string | null {
  const file = decodePath(written.split('#')[0] ?? '').replaceAll('\\', '/');
  if (/^(?:[A-Za-z][A-Za-z0-9+.-]*:|\/)/.test(file) || file.includes('\0')) return null;
  const path = posix.join(posix.dirname(at), file);
  return path.startsWith('../') || path === '..' ? null : path;
}
