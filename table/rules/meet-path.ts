import { pathGlobSegments } from './glob.ts';
import { meet, STAR } from './meet-patterns.ts';
import type { Pattern } from './meet-patterns.ts';

/** Stands for a value that no rule names: a control character, which no glob of a rule and no request has. */
const UNNAMED = '\u0001';
/** Stands for one character of a parameter's value: no single character is equal to it. */
const ANY = 'any character';

/** Gives a path that belongs to a template and matches a glob, in segments; null where there is none. */
export function meetPath(glob: string, template: readonly string[]): readonly string[] | null {
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

/** Gives a segment of a template with a value in the place of each parameter that no glob of a rule names. */
export function unnamed(segment: string): string {
  return segment.replace(/\{[^{}]*\}/g, UNNAMED);
}
