// Loaded before `gw serve` with --import: watches how late the event loop is. At each SIGUSR2 it writes what
// it saw since the one before, in milliseconds, and begins anew. `own_*` is the CPU time that the main thread
// took between two looks: a busy machine keeps it waiting besides, which is no work of gw's.
import { openSync, readSync, renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

/** Gives the CPU time of the main thread so far, in milliseconds; 0 where nothing tells (proc(5), schedstat). */
function openTaken() {
  try {
    const descriptor = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
    const text = Buffer.alloc(128);
    return () =>
      Number(text.latin1Slice(0, readSync(descriptor, text, 0, text.length, 0)).split(' ')[0]) / 1e6;
  } catch {
    return () => 0;
  }
}

const taken = openTaken();
let own = [];
let last = taken();
setInterval(() => {
  const now = taken();
  own.push(now - last);
  last = now;
}, 1).unref();

function quantile(share) {
  const sorted = own.toSorted((one, other) => one - other);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
}

process.on('SIGUSR2', () => {
  const ms = (percent) => delay.percentile(percent) / 1e6;
  const told = {
    count: delay.count,
    p50: ms(50),
    p99: ms(99),
    p999: ms(99.9),
    max: delay.max / 1e6,
    own_p99: quantile(0.99),
    own_p999: quantile(0.999),
    own_max: quantile(1),
  };
  delay.reset();
  own = [];
  // Whoever waits for the file reads it whole.
  writeFileSync(`${process.env.BENCH_DELAY}.new`, JSON.stringify(told));
  renameSync(`${process.env.BENCH_DELAY}.new`, process.env.BENCH_DELAY);
});
