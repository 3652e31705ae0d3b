import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { CALLER_OR_PERSONA_FORM, CALLER_OR_PERSONA_NAME } from '../compiler/4-check/names.ts';
import { keyDigest } from '../runtime/3-authenticate/caller-key.ts';
import { UsageError } from './usage-error.ts';

/** 256 random bits: nobody guesses one, so a plain digest is enough to keep. */
const KEY_BYTES = 32;

/** Adds `gw key create`. */
export function addKeyCommand(program: Command): void {
  const key = program.command('key').description('keys by which callers prove themselves to the gateway');
  key
    .command('create <name>')
    .description('print a new random key once, and the YAML with its digest')
    .option('--persona <name...>', 'the personas of the caller', ['reader'])
    .action((name: string, { persona }: { persona: readonly string[] }) => {
      process.stdout.write(newKey(name, persona));
    });
}

function newKey(name: string, personas: readonly string[]): string {
  for (const word of [name, ...personas]) {
    if (!CALLER_OR_PERSONA_NAME.test(word))
      throw new UsageError(`${JSON.stringify(word)} is not a name: write ${CALLER_OR_PERSONA_FORM}`);
  }
  const key = `gw_${randomBytes(KEY_BYTES).toString('base64url')}`;
  return [
    `# The key of ${name}. It is not shown again, and stored nowhere.`,
    key,
    '',
    '# For a file in gateway.d/:',
    'callers:',
    `  ${yamlText(name)}: { key_sha256: "${keyDigest(key)}", personas: [${personas.map(yamlText).join(', ')}] }`,
    '',
  ].join('\n');
}

/** Quotes a name that YAML would read as a number, or as true, false or null. */
function yamlText(name: string): string {
  return /^[A-Za-z]/.test(name) && !/^(?:true|false|null)$/i.test(name) ? name : JSON.stringify(name);
}
