#!/usr/bin/env node
import { Command } from 'commander';
import { addCommands } from './commands.ts';
import { packageVersion } from './package-root.ts';
import { UsageError } from './usage-error.ts';

/** Exit codes: 0 fine, 1 the input has faults, 2 wrong usage or a fault of ours (docs/cli.md). */
const program = new Command('gw')
  .description("A declarative gateway for calling other people's HTTP APIs.")
  .version(packageVersion())
  .showSuggestionAfterError()
  // --version of a command is the command's.
  .enablePositionalOptions()
  .exitOverride((error) => {
    // commander says 1 for wrong usage, which here means that the input has faults.
    process.exit(error.exitCode === 0 ? 0 : 2);
  });

// Whoever reads may have enough: `gw ops list | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

void main();

// Not awaited here: what is built is CommonJS, which has no top-level await.
async function main(): Promise<void> {
  try {
    await addCommands(program, process.argv[2]);
    await program.parseAsync();
  } catch (error) {
    if (error instanceof UsageError) process.stderr.write(`gw: ${error.message}\n`);
    else
      process.stderr.write(
        `gw: a fault of gw itself, please report it: ${error instanceof Error ? error.stack : String(error)}\n`,
      );
    process.exitCode = 2;
  }
}
