import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { carryOut } from '../support/attack.ts';
import { strictRequests } from '../support/strict-requests.ts';
import table from './desync-outcomes.json' with { type: 'json' };

/**
 * The HTTP desync cases of `shared/wire` (not part of this repository: GW_SHARED, or a folder beside it).
 * Each is sent as its head says, with content of the length it claims. Whatever its tier, it is refused,
 * or reaches the upstream as one request with one framing; which of the two is written in the table.
 */
interface DesyncCase {
  readonly name: string;
  readonly uri: string;
  readonly method: string;
  readonly version: string;
  readonly headers?: readonly { readonly name: string; readonly value: string | number }[] | null;
  readonly expected: { readonly tier: string };
}

/**
 * By file, index and the beginning of the SHA-256 of the name: what becomes of the case (`forwarded`, or
 * status and code), and why. node refuses some that the tiers call acceptable, or even compliant: nobody
 * needs them, and each is a way in for one server or another.
 */
const OUTCOMES: Readonly<Record<string, { readonly outcome: string; readonly why: string }>> = table;

const FOLDER = join(process.env['GW_SHARED'] ?? join(import.meta.dirname, '../../../shared'), 'wire');

interface Known {
  readonly key: string;
  readonly one: DesyncCase;
}

function readCases(): Known[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .flatMap((file) =>
      (parse(readFileSync(join(FOLDER, file), 'utf8')) as DesyncCase[]).map((one, at) => ({
        key: `${file.replace(/^desync-|\.yaml$/g, '')} ${at} ${createHash('sha256').update(one.name).digest('hex').slice(0, 8)}`,
        one,
      })),
    );
}

/** The bytes of a case: its own head, with what routes and authenticates it here, and content behind. */
function bytesOf({ method, uri, version, headers: given }: DesyncCase): string {
  const headers = given ?? [];
  const fields = headers.map(({ name, value }) => `${latin1(name)}: ${latin1(String(value))}`);
  if (!headers.some(({ name }) => name.toLowerCase() === 'host')) fields.unshift('Host: gw');
  const target = latin1(uri).replace(/^(?=\/)/, '/vendor');
  const first = `${method} ${target} ${version}`.trimEnd() + (version.endsWith(' ') ? ' ' : '');
  const head = [first, 'X-API-Key: {key}', ...fields, '', ''].join('\r\n');
  return head + contentOf(fields);
}

/** Content that fits the first framing that a lenient reader would find. */
function contentOf(fields: readonly string[]): string {
  if (fields.some((field) => /transfer-encoding.*chunked/is.test(field))) return '5\r\nhello\r\n0\r\n\r\n';
  const length = fields
    .map((field) => /content-length\W*(\d{1,5})/is.exec(field)?.[1])
    .find((digits) => digits !== undefined);
  return 'x'.repeat(Number(length ?? 0));
}

function latin1(text: string): string {
  // oxlint-disable-next-line no-control-regex -- tells Latin-1 from what must be written as UTF-8
  return /^[\x00-\xff]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

async function outcomeOf(one: DesyncCase): Promise<string> {
  const { statuses, codes, upstream } = await carryOut({
    name: one.name,
    send: bytesOf(one),
    // Without content, so that an answer to HEAD is told from others by nothing.
    answer: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    statuses: [0],
  });
  const requests = strictRequests(upstream.replaceAll('{host}', 'host: upstream\r\n'));
  expect(statuses).toHaveLength(1);
  if (requests.length === 0) return `${statuses[0]} ${codes[0]}`;
  expect(requests).toHaveLength(1);
  expect(statuses).toEqual([200]);
  return 'forwarded';
}

describe.skipIf(!existsSync(FOLDER))('desync cases', () => {
  const cases = existsSync(FOLDER) ? readCases() : [];

  test.each(cases)('$key', async ({ key, one }) => {
    const outcome = await outcomeOf(one);
    expect(outcome).toBe(OUTCOMES[key]?.outcome);
  });

  test('the table has every case, and no other', () => {
    expect(cases.map(({ key }) => key).sort()).toEqual(Object.keys(OUTCOMES).sort());
  });
});

test.runIf(!existsSync(FOLDER))(
  `desync cases: NOT RUN, there is no folder ${FOLDER} (set GW_SHARED to have them run)`,
  () => {
    expect(existsSync(FOLDER)).toBe(false);
  },
);
