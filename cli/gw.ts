#!/usr/bin/env node
import { Command } from 'commander';
import { addCallCommand } from './call.ts';
import { addCatalogCommands } from './catalog.ts';
import { addCompileCommands } from './compile.ts';
import { addDevCommand } from './dev.ts';
import { addExplainCommand } from './explain.ts';
import { addKeyCommand } from './key.ts';
import { addOpsCommands } from './ops.ts';
import { packageVersion } from './package-root.ts';
import { addServeCommand } from './serve.ts';
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

addCompileCommands(program);
addServeCommand(program);
addDevCommand(program);
addExplainCommand(program);
addCatalogCommands(program);
addOpsCommands(program);
addKeyCommand(program);
addCallCommand(program);

// Whoever reads may have enough: `gw ops list | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof UsageError) process.stderr.write(`gw: ${error.message}\n`);
  else
    process.stderr.write(
      `gw: a fault of gw itself, please report it: ${error instanceof Error ? error.stack : String(error)}\n`,
    );
  process.exitCode = 2;
}
