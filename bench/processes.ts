import { fork, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** A core of the machine: the gateway has one to itself, load and upstream share the other. */
export type Core = 'gateway' | 'load';

const CORES: Readonly<Record<Core, string>> = { gateway: '0', load: '1' };

/** Whether processes can be pinned to a core here. */
export const CAN_PIN: boolean = spawnSync('taskset', ['-c', CORES.load, 'true']).status === 0;

/** Starts a module on its core, with a channel for messages. */
export function startModule(
  core: Core,
  path: string,
  options: { readonly environment?: Record<string, string>; readonly parameters?: readonly string[] } = {},
): ChildProcess {
  const child = fork(path, options.parameters ?? [], {
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  pin(child, core);
  return child;
}

/** Starts node with these parameters on its core; `stdout` is an open file. */
export function startNode(
  core: Core,
  parameters: readonly string[],
  options: { readonly environment?: Record<string, string>; readonly stdout?: number } = {},
): ChildProcess {
  const child = spawn(process.execPath, parameters, {
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', options.stdout ?? 'ignore', 'inherit'],
  });
  pin(child, core);
  return child;
}

/** All threads: those that are there, and by inheritance those that come. */
function pin(child: ChildProcess, core: Core): void {
  if (CAN_PIN) spawnSync('taskset', ['-a', '-p', '-c', CORES[core], String(child.pid)]);
}

/** Gives the next message of a child; rejects when it ends before. */
export async function message<T>(child: ChildProcess): Promise<T> {
  const ended = new AbortController();
  const onExit = (): void => ended.abort(new Error(`${child.spawnargs.join(' ')} ended early`));
  child.once('exit', onExit);
  try {
    const [value] = (await once(child, 'message', { signal: ended.signal })) as [T];
    return value;
  } catch (error) {
    throw ended.signal.aborted ? ended.signal.reason : error;
  } finally {
    child.off('exit', onExit);
  }
}

/** Ends a process and waits until it has. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

/**
 * Gives the CPU time of a process and all its threads, user and system, in microseconds: what the scheduler
 * counts in nanoseconds, and without that the sum of utime and stime, which proc(5) rounds to 10 ms.
 */
export function cpuTime_us(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  if (!existsSync(`${tasks}/${pid}/schedstat`)) return statTime_us(pid);
  let taken_ns = 0;
  for (const task of readdirSync(tasks)) {
    taken_ns += Number(readFileSync(`${tasks}/${task}/schedstat`, 'latin1').split(' ')[0]);
  }
  return taken_ns / 1000;
}

function statTime_us(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // Behind the name, which may hold anything: state is field 3, utime 14, stime 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}
