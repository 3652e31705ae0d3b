import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { Option } from 'commander';
import type { Command } from 'commander';
import { KEY_VARIABLES } from '../runtime/sealing/sealing-keys.ts';
import { seal } from '../runtime/sealing/envelope.ts';
import { requiredKeys } from './secret/encryption-keys.ts';
import { sealedPlace } from './secret/sealed-place.ts';
import { UsageError } from './usage-error.ts';

const KEY_BYTES = 32;

/** Adds `gw secret keygen`, `seal` and `rotate`. */
export function addSecretCommand(program: Command): void {
  const secret = program.command('secret').description('sealed text: secrets that may stand in YAML');
  secret
    .command('keygen')
    .description(
      `print a new key, for ${KEY_VARIABLES[0]}; several, separated by commas, open, and the first seals`,
    )
    .action(() => {
      process.stdout.write(`${randomBytes(KEY_BYTES).toString('base64')}\n`);
    });
  secret
    .command('seal <connection> <field>')
    .description('seal the secret on standard input for one field of a connection, and print the sealed text')
    .option('--caller', 'the first name is that of a caller, and its field is key')
    .addHelpText(
      'after',
      `\nThe key is read from ${KEY_VARIABLES[0]}. A field in a map is written with a slash: static_headers/X-Team.\nExample: gw secret seal stripe credential < key.txt`,
    )
    .action(async (name: string, field: string, { caller }: { readonly caller?: boolean }) => {
      const boundTo = sealedPlace(name, field, caller === true);
      process.stdout.write(`${seal(await readSecret(), boundTo, requiredKeys())}\n`);
    });
  secret
    .command('rotate')
    .description('seal everything in the store of grants, or in gateway.d, again with the first key')
    .addOption(
      new Option('--table <folder>', 'the table whose store it is').default('build/table').env('GW_TABLE'),
    )
    .option('--store <url>', 'the store: sqlite:PATH or postgres://…, with references such as ${env:NAME}')
    .addOption(new Option('--yaml', 'the sealed text in gateway.d, where it stands').conflicts('store'))
    .option('--dir <folder>', 'with --yaml: the folder that holds gateway.d/', '.')
    .addHelpText(
      'after',
      `\nThe keys are read from ${KEY_VARIABLES[0]}, the new one in front. What was done is not done again: run it anew\nwhere it was broken off. Exit code: 1 where something is not sealed with the first key afterwards.`,
    )
    .action(async (flags: RotateFlags) => {
      process.exitCode = await rotate(flags);
    });
}

interface RotateFlags {
  readonly table: string;
  readonly store?: string;
  readonly yaml?: boolean;
  readonly dir: string;
}

/** What it needs is loaded when it runs: the store, or what reads YAML. */
async function rotate({ yaml, dir, ...place }: RotateFlags): Promise<number> {
  if (yaml === true) return (await import('./secret/rotate-yaml.ts')).rotateYaml(dir);
  return (await import('./secret/rotate-store.ts')).rotateStore(place);
}

/** One newline at the end is what editors and `echo` leave behind; more is part of the secret, as with `${file:…}`. */
async function readSecret(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('gw secret seal: type the secret, then Ctrl-D\n');
  const secret = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (secret === '') throw new UsageError('there is nothing on standard input');
  return secret;
}
