import type { Command } from 'commander';

/** The commands of one module, in the order of the help. */
interface Commands {
  readonly names: readonly string[];
  /** Gives what adds them to the program. */
  readonly load: () => Promise<(program: Command) => void>;
}

const COMMANDS: readonly Commands[] = [
  {
    names: ['compile', 'check', 'init'],
    load: async () => (await import('./compile.ts')).addCompileCommands,
  },
  { names: ['add'], load: async () => (await import('./add.ts')).addAddCommand },
  { names: ['serve'], load: async () => (await import('./serve.ts')).addServeCommand },
  { names: ['dev'], load: async () => (await import('./dev.ts')).addDevCommand },
  { names: ['explain'], load: async () => (await import('./explain.ts')).addExplainCommand },
  { names: ['catalog'], load: async () => (await import('./catalog.ts')).addCatalogCommands },
  { names: ['ops'], load: async () => (await import('./ops.ts')).addOpsCommands },
  { names: ['audit'], load: async () => (await import('./audit.ts')).addAuditCommand },
  { names: ['key'], load: async () => (await import('./key.ts')).addKeyCommand },
  { names: ['secret'], load: async () => (await import('./secret.ts')).addSecretCommand },
  {
    names: ['connections', 'connect'],
    load: async () => (await import('./connections.ts')).addConnectionsCommands,
  },
  { names: ['call'], load: async () => (await import('./call.ts')).addCallCommand },
  { names: ['mcp'], load: async () => (await import('./mcp.ts')).addMcpCommand },
];

/**
 * Adds the command that the command line begins with, or all where it begins with none: `gw serve` starts
 * without the compiler, and a compile does not load the runtime.
 */
export async function addCommands(program: Command, first: string | undefined): Promise<void> {
  const named = COMMANDS.filter(({ names }) => first !== undefined && names.includes(first));
  for (const { load } of named.length > 0 ? named : COMMANDS) (await load())(program);
}
