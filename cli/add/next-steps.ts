import { oneLine } from '../ops/one-line.ts';
import { shellWord } from '../shell-word.ts';
import type { Draft, DraftOf } from './draft-connection.ts';
import { isDeclared } from './ways.ts';

/** A connection that was written. */
export interface Written {
  readonly draft: Draft;
  readonly of: DraftOf;
  readonly file: string;
  /** The folder that was asked for, as the commands take it. */
  readonly dir: string;
  /** Whether its catalog describes operations. */
  readonly described: boolean;
  /** Whether a persona allows it. */
  readonly isAllowed: boolean;
}

/** Gives what would surprise whoever calls, and what is left to do until a first call, as lines. */
export function nextSteps(written: Written): string[] {
  const { draft, of, file, dir, isAllowed } = written;
  const inFolder = dir === '.' ? '' : ` --dir ${shellWord(dir)}`;
  const missing = draft.variables.filter(({ needed, value }) => needed && value === null);
  const steps = [
    ...missing.map(({ name }) => `fill in ${name} in ${file}`),
    ...(draft.environment.length === 0
      ? []
      : [`export ${draft.environment.map((name) => `${name}=…`).join(' ')}   # where gw serve runs`]),
    ...(isAllowed
      ? []
      : [
          `allow it to a persona, none does yet: personas: { NAME: { connections: { allow: [${draft.name}] } } }`,
        ]),
    `gw check${inFolder}`,
    `gw compile${inFolder}   # and start gw serve, or let it load the new table`,
    ...(isDeclared(of.way)
      ? []
      : [
          `gw connect ${draft.name} --shared   # as an admin, once; or write grants: true, and each account signs in`,
        ]),
    ...exampleCall(written),
  ];
  const notes = (of.version.facts.notes?.value ?? []).flatMap(({ value }) => value ?? []);
  return [
    ...(notes.length === 0 ? [] : ['good to know:', ...notes.map((note) => `  ${oneLine(note)}`)]),
    'next:',
    ...steps.map((step) => `  ${step}`),
  ];
}

function exampleCall({ of: { name, version }, described }: Written): string[] {
  const { verify, docs } = version.facts;
  const { method, path } = verify?.value ?? {};
  if (method?.value !== undefined && path?.value !== undefined)
    return [`gw call ${method.value} ${shellWord(`/${name}${path.value}`)}`];
  if (described) return [`gw ops list ${name}   # its operations, as callers write them`];
  const told = docs?.value === undefined ? '' : ` (${oneLine(docs.value)})`;
  return [`gw call METHOD /${name}/…   # behind it, the API's own path${told}`];
}
