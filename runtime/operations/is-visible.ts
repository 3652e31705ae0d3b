import { decideAccess } from '../../table/rules/decide-access.ts';
import { meetPath, unnamed } from '../../table/rules/meet-path.ts';
import type { ConnectionAccess } from '../../table/types.ts';

/**
 * Tells whether a set of personas allows an operation for some values of its path parameters. Rules are about
 * paths, an operation is a template: it is visible if a path of it is found that `decideAccess` allows. Tried are
 * the template with values that no rule names, and with those that each allowing glob asks for. So a deny of all
 * of an operation's paths hides it and a deny of a few does not, an allow of a few shows it, and what is shown
 * can be used. Each request is judged by its own path again.
 */
export function isVisible(access: ConnectionAccess, method: string, template: readonly string[]): boolean {
  const allows = (path: readonly string[]): boolean => decideAccess(access, method, path).allowed;
  if (allows(template.map(unnamed))) return true;
  return allowingGlobs(access).some((glob) => {
    const path = meetPath(glob, template);
    return path !== null && allows(path);
  });
}

function allowingGlobs({ allows }: ConnectionAccess): string[] {
  return allows.flatMap(({ allow }) => (allow ?? []).flatMap(({ paths }) => paths));
}
