import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { gatewayBase, gatewayKey, urlOption } from './gateway-target.ts';

/** Adds `gw mcp`. */
export function addMcpCommand(program: Command): void {
  program
    .command('mcp')
    .description(
      'serve MCP on standard input and output for a desktop client, with the key from GW_KEY (or MATON_API_KEY): passes every message on to /mcp of a running gateway',
    )
    .addOption(urlOption())
    .action(async ({ url }: { readonly url: string }) => {
      const { bridgeMessages } = await import('./mcp/bridge-messages.ts');
      const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
      // Standard output is for messages alone; what people should know goes to standard error.
      await bridgeMessages(lines, {
        base: gatewayBase(url),
        key: gatewayKey(),
        write: (line) => void process.stdout.write(`${line}\n`),
        tell: (text) => void process.stderr.write(`gw mcp: ${text}\n`),
      });
    });
}
