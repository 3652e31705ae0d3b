import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GATEWAY_SCHEMA_LINE } from './schema-line.ts';
import { shellWord } from './shell-word.ts';
import { UsageError } from './usage-error.ts';

const GATEWAY = `${GATEWAY_SCHEMA_LINE}# The gateway itself, who may call it, and what they may use.
gateway:
  listen: 127.0.0.1:8080 # for callers: /{connection}/...
  control: 127.0.0.1:8081 # for people and operators: /healthz, /readyz

personas:
  reader:
    connections: { allow: ["*"] }
    tools: { allow: ["*"] }
    read_only: true # GET, HEAD and OPTIONS; remove the line to allow the rest

callers:
  me:
    key: \${env:GW_KEY} # at least 32 characters
    personas: [reader]
`;

const EXAMPLE = `${GATEWAY_SCHEMA_LINE}# Connections: ways to upstreams. The name is the first part of the path that callers use.
connections:
  example: # http://127.0.0.1:8080/example/... goes to https://httpbin.org/...
    description: A public API that answers with what it was sent.
    base_url: https://httpbin.org
    auth_mode: none
    static_headers:
      X-Sent-By: gw
`;

const IGNORED = ['build/', 'state/', '.env'];

/** Writes a starting folder that compiles and says what comes next. Gives the exit code; nothing is overwritten. */
export function initFolder(dir: string): number {
  const files: readonly (readonly [path: string, text: string])[] = [
    ['gateway.d/00-gateway.yaml', GATEWAY],
    ['gateway.d/10-example.yaml', EXAMPLE],
  ];
  if (existsSync(join(dir, 'gateway.d'))) {
    process.stderr.write(`gw init: ${join(dir, 'gateway.d')} exists already; nothing was written\n`);
    return 1;
  }
  try {
    mkdirSync(join(dir, 'gateway.d'), { recursive: true });
  } catch (error) {
    throw new UsageError(`${dir} cannot be written to: ${error instanceof Error ? error.message : ''}`);
  }
  for (const [path, text] of files) {
    writeFileSync(join(dir, path), text, { flag: 'wx' });
    process.stdout.write(`wrote ${join(dir, path)}\n`);
  }
  ignore(dir);
  process.stdout.write(nextSteps(dir));
  return 0;
}

/** Gives the commands from here to a first answer. */
function nextSteps(dir: string): string {
  return [
    '',
    'Next:',
    ...(dir === '.' ? [] : [`  cd ${shellWord(dir)}`]),
    `  export GW_KEY=$(node -p 'crypto.randomBytes(32).toString("hex")')`,
    '  gw compile',
    '  gw serve &',
    '  gw call GET /example/get',
    '',
  ].join('\n');
}

/** Adds the lines that .gitignore lacks. */
function ignore(dir: string): void {
  const path = join(dir, '.gitignore');
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const missing = IGNORED.filter((line) => !before.split(/\r?\n/).includes(line));
  if (missing.length === 0) return;
  const glue = before === '' || before.endsWith('\n') ? '' : '\n';
  appendFileSync(path, `${glue}${missing.join('\n')}\n`);
}
