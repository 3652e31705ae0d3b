import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** Listens with the smallest backlog, tells its port, and never accepts: the process stands still. */
const PROGRAM = `
const server = require('node:net').createServer();
server.listen(0, '127.0.0.1', 1, () => {
  require('node:fs').writeSync(1, server.address().port + '\\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;

/** The kernel holds one connection more than the backlog; what comes after those is left without an answer. */
const HELD = 2;

/** Gives a port of 127.0.0.1 where a connection is neither accepted nor refused: its accept queue is full. */
export async function stuckListener(): Promise<number> {
  const child = spawn(process.execPath, ['-e', PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  for (let held = 0; held < HELD; held += 1) {
    const socket = connect(Number(port), '127.0.0.1');
    onTestFinished(() => {
      socket.destroy();
    });
    socket.on('error', () => {});
    await once(socket, 'connect');
  }
  return Number(port);
}
