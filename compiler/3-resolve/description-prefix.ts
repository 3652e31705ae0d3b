import { trimSlashes } from '../../table/rules/trim-slashes.ts';
import type { DescriptionModel } from './model.ts';

/** What a description adds before its templates on one connection. */
export interface DescriptionPrefix {
  /** '' where the base path has it already. */
  readonly prefix: string;
  /** True when the base path would then stand twice in every request. */
  readonly doubled: boolean;
}

/** Gives the path that a description declares: its `base_path` in catalog.yaml, else its server's. null when unclear. */
export function declaredPrefix(model: DescriptionModel): string | null {
  const own = model.fields.base_path;
  if (own === undefined) return model.description?.serverPath ?? null;
  return own.value === undefined ? null : trimSlashes(own.value);
}

/**
 * Gives the prefix of a description on a connection whose base_url has the path `basePath`. Paths are
 * compared on whole segments. The base path is doubled when it overlaps the declared path without
 * holding all of it, or when every template repeats it.
 */
export function prefixOn(
  basePath: string,
  declared: string,
  templates: readonly string[],
): DescriptionPrefix {
  const base = segments(basePath);
  const own = segments(declared);
  if (own.length === 0) {
    const repeated =
      base.length > 0 && templates.length > 0 && templates.every((path) => startsWith(segments(path), base));
    return { prefix: '', doubled: repeated };
  }
  if (endsWith(base, own)) return { prefix: '', doubled: false };
  const doubled = base.some((_, index) => startsWith(own, base.slice(index)));
  return { prefix: declared, doubled };
}

function segments(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function startsWith(path: readonly string[], start: readonly string[]): boolean {
  return start.length <= path.length && start.every((segment, index) => segment === path[index]);
}

function endsWith(path: readonly string[], end: readonly string[]): boolean {
  return end.length <= path.length && startsWith(path.slice(path.length - end.length), end);
}
