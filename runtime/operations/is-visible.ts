import { decideAccess } from '../../table/rules/decide-access.ts';
import { pathGlobSegments } from '../../table/rules/glob.ts';
import type { ConnectionAccess } from '../../table/types.ts';
import { meet, STAR } from './meet-patterns.ts';
import type { Pattern } from './meet-patterns.ts';

/** Stands for a value that no rule names: a control character, which no glob of a rule and no request has. */
const UNNAMED = '\u0001';
/** Stands for one character of a parameter's value: no single character is equal to it. */
const ANY = 'any character';

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

/** Gives a path that belongs to a template and matches a glob, in segments; null where there is none. */
function meetPath(glob: string, template: readonly string[]): readonly string[] | null {
  return meet<string, string>(
    pathGlobSegments(glob).map((segment) => (segment === '**' ? STAR : segment)),
    [...template],
    { both: meetSegment, one: unnamed },
  );
}

function meetSegment(glob: string, segment: string): string | null {
  const characters = meet<string, string>(globPattern(glob), segmentPattern(segment), {
    both: (one, other) => (one === other || other === ANY ? one : null),
    one: (character) => (character === ANY ? UNNAMED : character),
  });
  return characters === null ? null : characters.join('');
}

function globPattern(glob: string): Pattern<string> {
  return glob.split('').map((character) => (character === '*' ? STAR : character));
}

/** A parameter is one character or more. */
function segmentPattern(segment: string): Pattern<string> {
  return segment
    .split(/(\{[^{}]*\})/)
    .flatMap((part, at): Pattern<string> => (at % 2 === 1 ? [ANY, STAR] : part.split('')));
}

function unnamed(segment: string): string {
  return segment.replace(/\{[^{}]*\}/g, UNNAMED);
}
