import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { gw } from '../support/gw-process.ts';

test('key create prints the key once, and YAML that holds its digest only', async () => {
  const ran = await gw(['key', 'create', 'ci-bot', '--persona', 'reader', 'writer']);
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  const keys = ran.stdout.match(/gw_[\w-]{43}/g) ?? [];
  expect(keys).toHaveLength(1);
  const [, yaml = ''] = ran.stdout.split('# For a file in gateway.d/:\n');
  expect(parse(yaml)).toEqual({
    callers: {
      'ci-bot': {
        key_sha256: createHash('sha256').update(String(keys[0])).digest('hex'),
        personas: ['reader', 'writer'],
      },
    },
  });
});

test('no two keys are equal', async () => {
  const ran = await Promise.all([1, 2, 3].map(() => gw(['key', 'create', 'me'])));
  expect(new Set(ran.map(({ stdout }) => /^gw_.*$/m.exec(stdout)?.[0])).size).toBe(3);
});

test.each(['7', '1.5', '1e5', 'null', 'True', '0x1f', 'ops@example.com'])(
  'the YAML of a key for %s names that caller',
  async (name) => {
    const { stdout } = await gw(['key', 'create', name, '--persona', name]);
    const [, yaml = ''] = stdout.split('# For a file in gateway.d/:\n');
    expect(parse(yaml)).toMatchObject({ callers: { [name]: { personas: [name] } } });
    expect(yaml).toMatch(/^  ["A-Za-z]/m);
  },
);
