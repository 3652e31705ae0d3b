import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** What a program left behind. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run. */
export interface RunOptions {
  readonly cwd?: string;
  /** The whole environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What stands on its standard input. */
  readonly input?: string;
}

/** Runs a program to its end, without blocking this process: the gateway and the upstream may live here. */
export async function runProgram(
  program: string,
  parameters: readonly string[],
  { cwd, env, input = '' }: RunOptions = {},
): Promise<Ran> {
  const child = spawn(program, parameters, { cwd, env: env ?? process.env });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  await once(child, 'close');
  return { code: child.exitCode, stdout, stderr };
}

/** Tells whether a program is on this machine: whether it ends well with these parameters. */
export function isInstalled(program: string, parameters: readonly string[] = ['--version']): boolean {
  return spawnSync(program, parameters).status === 0;
}
