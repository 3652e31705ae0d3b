import type { Files } from './folder.ts';

/** The key of the caller `tester`. */
export const SIMPLE_KEY = 'gw_simple_0123456789abcdefghijklmnopqrstuv';

/** The environment that a gateway of `simpleFolder` needs. */
export const SIMPLE_ENVIRONMENT = { GW_TESTER: SIMPLE_KEY, VENDOR_KEY: 'vendor-credential' };

/** Gives the files of a folder with one caller and one connection `vendor`; `more` stands in the connection. */
export function simpleFolder(origin: string, more: readonly string[] = []): Files {
  return {
    'gateway.d/10-gateway.yaml': `callers:
  tester: { key: "\${env:GW_TESTER}", personas: [reader] }
personas:
  reader: { connections: { allow: ["*"] } }
gateway: { audit: { sink: none } }
`,
    'gateway.d/20-vendor.yaml': `connections:
  vendor:
    base_url: ${origin}
    auth_mode: bearer
    credential: \${env:VENDOR_KEY}
${more.map((line) => `    ${line}\n`).join('')}`,
  };
}
