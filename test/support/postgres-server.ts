import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

/** A PostgreSQL server of one test file. */
export interface PostgresServer {
  /** Makes an empty database and gives its URL. */
  database(): Promise<string>;
  /** Ends the server at once, with its sockets; what was committed stays. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it for good and removes what it kept. */
  remove(): Promise<void>;
}

/** Where Debian puts what belongs to a server, newest first. */
const DEBIAN = '/usr/lib/postgresql';
const PLACES = [
  ...(existsSync(DEBIAN) ? readdirSync(DEBIAN) : [])
    .sort((one, other) => Number(other) - Number(one))
    .map((version) => join(DEBIAN, version, 'bin')),
  ...(process.env['PATH'] ?? '').split(':'),
];
const PROGRAMS = PLACES.find(
  (place) => existsSync(join(place, 'initdb')) && existsSync(join(place, 'postgres')),
);

/** Whether there is a PostgreSQL to test with. Where GW_TEST_POSTGRES=required says that there must be, there is. */
export const hasPostgres: boolean = PROGRAMS !== undefined;
if (!hasPostgres && process.env['GW_TEST_POSTGRES'] === 'required')
  throw new Error('PostgreSQL is not installed (Debian: postgresql), and GW_TEST_POSTGRES requires it');

/** Nothing is kept beyond the tests, so nothing has to reach the disk. */
const SETTINGS = ['fsync=off', 'full_page_writes=off', 'listen_addresses=', 'max_connections=200'];

/** Starts a server on a Unix socket in a folder of its own. */
export async function postgresServer(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'gw-pg-'));
  const identity = runner();
  if (identity.uid !== undefined) chownSync(folder, identity.uid, identity.gid ?? 0);
  const data = join(folder, 'data');
  const made = spawnSync(
    program('initdb'),
    ['--pgdata', data, '--auth=trust', '--username=gw', '--no-sync', '--encoding=UTF8', '--no-instructions'],
    { ...identity, cwd: folder, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  let child: ChildProcess | null = null;
  let count = 0;
  const urlOf = (name: string): string => `postgres://gw@localhost/${name}?host=${folder}`;
  const server: PostgresServer = {
    database: async () => {
      const name = `test_${(count += 1)}`;
      const client = new Client(urlOf('postgres'));
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      return urlOf(name);
    },
    stop: async () => {
      if (child === null) return;
      const ended = once(child, 'close');
      // Immediate shutdown: no goodbye to those who are connected.
      child.kill('SIGQUIT');
      child = null;
      await ended;
    },
    start: async () => {
      const settings = [...SETTINGS, `unix_socket_directories=${folder}`].flatMap((one) => ['-c', one]);
      child = spawn(program('postgres'), ['-D', data, ...settings], {
        ...identity,
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      await readiness(child);
    },
    remove: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

function program(name: string): string {
  return join(PROGRAMS ?? '', name);
}

/** Waits for the line that says so. The rest of what the server says goes nowhere. */
function readiness(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-10_000);
      if (said.includes('database system is ready to accept connections')) resolve();
    });
    child.once('close', () => reject(new Error(`postgres: ${said}`)));
  });
}

/** PostgreSQL refuses to run as root: then it runs as its own user, or as nobody. */
function runner(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = ['postgres', 'nobody'].map((name) => users.find(([one]) => one === name)).find((one) => one);
  return { uid: Number(user?.[2]), gid: Number(user?.[3]) };
}
