import { CODES } from '../compiler/diagnostic/codes.ts';

const GROUPS: readonly (readonly [prefix: string, title: string])[] = [
  ['GW1', 'Reading and parsing'],
  ['GW2', 'Shape of files'],
  ['GW3', 'Names and references'],
  ['GW4', 'Connections and the gateway section'],
  ['GW5', 'Callers and personas'],
  ['GW6', 'Catalogs and descriptions'],
];

/** Gives docs/diagnostics.md: every code of the compiler. */
export function renderDiagnostics(): string {
  const sections = GROUPS.map(([prefix, title]) => {
    const entries = Object.entries(CODES).filter(([code]) => code.startsWith(prefix));
    return `## ${title}\n\n${entries.map(([code, facts]) => entry(code, facts)).join('\n')}`;
  });
  return `# Diagnostics

What \`gw compile\` and \`gw check\` can find. Every finding has one of these codes; a code is never used again for another fault.
This page is made from the compiler's list by \`npm run docs\`.

${sections.join('\n')}`;
}

function entry(code: string, facts: (typeof CODES)[keyof typeof CODES]): string {
  return `### ${code}

**${facts.title}** (${facts.severity}, \`${facts.slug}\`)

${facts.why}

To fix it: ${facts.fix}
`;
}
