import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { folderOf } from '../support/folder.ts';
import { gw } from '../support/gw-process.ts';
import { sourcesIn } from '../support/sources.ts';

interface Case {
  readonly parameters: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stderr: string;
}

const WRONG: readonly Case[] = [
  { parameters: ['compil'], stderr: "error: unknown command 'compil'\n(Did you mean compile?)\n" },
  { parameters: ['check', '--dirr', 'x'], stderr: "error: unknown option '--dirr'\n(Did you mean --dir?)\n" },
  {
    parameters: ['check', '--format', 'yaml'],
    stderr:
      "error: option '--format <format>' argument 'yaml' is invalid. Allowed choices are text, json, sarif, github.\n",
  },
  { parameters: ['explain', 'GET'], stderr: 'gw: explain takes a path behind the method\n' },
  {
    parameters: ['serve', '--listen', '8080'],
    stderr: 'gw: --listen takes host:port, such as 127.0.0.1:8080 or [::1]:8080, not "8080"\n',
  },
  {
    parameters: ['serve'],
    env: { GW_LOG_LEVEL: 'loud' },
    stderr:
      "error: option '--log-level <level>' value 'loud' from env 'GW_LOG_LEVEL' is invalid. Allowed choices are fatal, error, warn, info, debug, trace, silent.\n",
  },
  {
    parameters: ['key', 'create', 'two words'],
    stderr:
      'gw: "two words" is not a name: write a letter or digit, then up to 127 of A-Z, a-z, 0-9, ".", "_", "@" and "-"\n',
  },
  { parameters: ['call', 'GET', '/vendor'], stderr: 'gw: set GW_KEY to your gateway key\n' },
];

test.each(WRONG)('wrong usage is exit code 2: gw $parameters', async ({ parameters, env, stderr }) => {
  const ran = await gw(parameters, { cwd: folderOf(), ...(env === undefined ? {} : { env }) });
  expect(ran).toEqual({ code: 2, stdout: '', stderr });
});

test('without a command gw prints its help, as wrong usage', async () => {
  const ran = await gw([]);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toMatch(/^Usage: gw /);
});

test('--version', async () => {
  expect(await gw(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
});

test('--help names every command', async () => {
  const ran = await gw(['--help']);
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  const commands = [...ran.stdout.matchAll(/^ {2}([a-z]+) .*$/gm)].map((match) => match[1]);
  expect(commands).toEqual([
    'compile',
    'check',
    'init',
    'add',
    'serve',
    'dev',
    'explain',
    'catalog',
    'ops',
    'audit',
    'key',
    'secret',
    'connections',
    'connect',
    'call',
    'mcp',
    'help',
  ]);
});

test('the help of serve names the environment variable of every flag', async () => {
  const { stdout } = await gw(['serve', '--help']);
  for (const flag of ['--table', '--listen', '--control', '--watch', '--log-level']) {
    const variable = `GW_${flag.slice(2).toUpperCase().replace('-', '_')}`;
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(new RegExp(`${flag} [^-]*?env: ${variable}\\)`));
  }
});

test('docs/cli.md has every command, and every flag and variable of serve', async () => {
  const [page = { text: '' }] = sourcesIn('docs', 'cli.md');
  const commands = [...(await gw(['--help'])).stdout.matchAll(/^ {2}([a-z]+) .*$/gm)].map(
    (match) => match[1],
  );
  expect(commands.length).toBeGreaterThan(7);
  expect(commands.filter((name) => name !== 'help' && !page.text.includes(`\`gw ${name} `))).toEqual([]);
  const { stdout } = await gw(['serve', '--help']);
  const flags = [...stdout.matchAll(/--[a-z-]+|\bGW_[A-Z_]+/g)].map((match) => match[0]);
  expect(flags.length).toBeGreaterThan(10);
  expect(flags.filter((flag) => flag !== '--help' && !page.text.includes(flag))).toEqual([]);
});
