// Loaded before a measured program: at its end it writes what the process took. The peak is that of this
// program's own memory (VmHWM): getrusage's also counts that of the process which started it.
const { readFileSync, writeFileSync } = require('node:fs');

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  let peak_kb = maxRSS;
  try {
    peak_kb = Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {
    // Not Linux: what getrusage says.
  }
  writeFileSync(process.env.BENCH_USAGE, JSON.stringify({ cpu_us: userCPUTime + systemCPUTime, peak_kb }));
});
