import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Hidden } from '../../../runtime/hidden.ts';
import { open, seal } from '../../../runtime/sealing/envelope.ts';
import { folderOf } from '../../support/folder.ts';
import type { Files } from '../../support/folder.ts';
import { gw } from '../../support/gw-process.ts';
import { keyTexts, testKeys } from '../../support/stores.ts';

const [OLD, NEW] = [testKeys(1), testKeys(2)];
const KEYS = { GW_ENCRYPTION_KEY: keyTexts(2, 1) };

/** Texts of YAML with `<field|secret>` where sealed text stands. */
function filesOf(
  files: Files,
  keys = OLD,
): { files: Files; sealed: Map<string, [place: string, secret: string]> } {
  const sealed = new Map<string, [string, string]>();
  const filled = Object.entries(files).map(([path, text]) => [
    path,
    text.replace(/<([^|>]+)\|([^>]+)>/g, (_, place: string, secret: string) => {
      const made = seal(secret, place, keys);
      sealed.set(made, [place, secret]);
      return made;
    }),
  ]);
  return { files: Object.fromEntries(filled) as Files, sealed };
}

const SEALED = /sealed:v1:[0-9a-f]{8}:[A-Za-z0-9+/]+=*/g;

/** Everything but sealed text. */
function around(text: string): string[] {
  return text.split(SEALED);
}

function textsIn(folder: string): Files {
  const paths = readdirSync(join(folder, 'gateway.d')).sort();
  return Object.fromEntries(
    paths.map((name) => [`gateway.d/${name}`, readFileSync(join(folder, 'gateway.d', name), 'latin1')]),
  );
}

const CONNECTION = `connections:
  vendor:
    base_url: https://api.vendor.example
    auth_mode: bearer
`;

/** Forms in which sealed text stands in YAML. */
const FORMS: readonly [what: string, yaml: string][] = [
  ['plain', `${CONNECTION}    credential: <connections/vendor/credential|one>\n`],
  ['double quotes', `${CONNECTION}    credential: "<connections/vendor/credential|one>"   # why\n`],
  ['single quotes', `${CONNECTION}    credential: '<connections/vendor/credential|one>'`],
  ['a block', `${CONNECTION}    credential: |-\n      <connections/vendor/credential|one>\n`],
  [
    'a flow',
    `connections: {vendor: {base_url: "https://a.example", auth_mode: bearer, credential: <connections/vendor/credential|one>}}`,
  ],
  [
    'another name of the key',
    `connections:\n  vendor:\n    oauth_client_secret: <connections/vendor/oauth2_client_secret|one>\n    base_url: https://a.example\n`,
  ],
  [
    'a map',
    `${CONNECTION}    static_headers:\n      X-Team: <connections/vendor/static_headers/X-Team|one>\n      X-Plain: text\n`,
  ],
  [
    'two of one line',
    `${CONNECTION}    static_headers: {A: <connections/vendor/static_headers/A|one>, B: <connections/vendor/static_headers/B|two>}\n`,
  ],
  ['a caller', `callers:\n  me: { key: <callers/me/key|one>, personas: [reader] }\n`],
  [
    'an alias',
    `${CONNECTION}    password: &it <connections/other/credential|one>\n  other: {base_url: "https://a.example", credential: *it}\n`,
  ],
  [
    'line ends of Windows',
    `${CONNECTION}    credential: <connections/vendor/credential|one>\n`.replaceAll('\n', '\r\n'),
  ],
  [
    'a byte order mark',
    `\uFEFF${CONNECTION}    # \u00e4\u{1F511}\n    credential: <connections/vendor/credential|one>\n`,
  ],
];

test.each(FORMS)('sealed again where it stands, every other byte as it was: %s', async (_, yaml) => {
  const { files, sealed } = filesOf({ 'gateway.d/a.yaml': yaml, 'gateway.d/b.yaml': '# nothing\n' });
  const folder = folderOf(files);
  const ran = await gw(['secret', 'rotate', '--yaml'], { cwd: folder, env: KEYS });
  const [count, key] = [sealed.size, NEW.first.id];
  expect(ran).toEqual({
    code: 0,
    stdout: `sealed ${count} text${count === 1 ? '' : 's'} again with the key ${key}, in 1 file; 0 had it already\n`,
    stderr: '',
  });
  const before = files['gateway.d/a.yaml'] ?? '';
  const after = readFileSync(join(folder, 'gateway.d/a.yaml'), 'utf8');
  expect(around(after)).toEqual(around(before));
  const made = after.match(SEALED) ?? [];
  expect(made).toHaveLength(count);
  for (const [at, [place, secret]] of [...sealed.values()].entries()) {
    const opened = open(made[at] ?? '', place, NEW);
    expect(opened instanceof Hidden ? opened.reveal() : opened).toBe(secret);
  }
  expect(readFileSync(join(folder, 'gateway.d/b.yaml'), 'utf8')).toBe('# nothing\n');
  // A second time there is nothing to do, and nothing is written.
  const again = await gw(['secret', 'rotate', '--yaml', '--dir', folder], { env: KEYS });
  expect(again.stdout).toBe(
    `sealed 0 texts again with the key ${key}, in 0 files; ${count} had it already\n`,
  );
  expect(readFileSync(join(folder, 'gateway.d/a.yaml'), 'utf8')).toBe(after);
});

test('what is in a comment stays, and is told', async () => {
  const credential = seal('one', 'connections/vendor/credential', OLD);
  const before = `${CONNECTION}    # credential: ${credential}\n    credential: ${credential}\n`;
  const folder = folderOf({ 'gateway.d/a.yaml': before });
  const ran = await gw(['secret', 'rotate', '--yaml'], { cwd: folder, env: KEYS });
  expect([ran.code, ran.stderr]).toEqual([
    0,
    `gw secret rotate: gateway.d/a.yaml has sealed text of the key ${OLD.first.id} in a comment, which stays as it is\n`,
  ]);
  const after = readFileSync(join(folder, 'gateway.d/a.yaml'), 'utf8');
  expect(after.match(SEALED)?.[0]).toBe(credential);
  expect(after.match(SEALED)?.[1]).toContain(NEW.first.id);
});

test('a file keeps its mode, and a link stays one', async () => {
  const { files } = filesOf({
    'kept/a.yaml': `${CONNECTION}    credential: <connections/vendor/credential|one>\n`,
  });
  const folder = folderOf(files);
  mkdirSync(join(folder, 'gateway.d'));
  // Links lead somewhere inside gateway.d alone.
  const inside = join(folder, 'gateway.d/.kept');
  mkdirSync(inside);
  writeFileSync(join(inside, 'a'), files['kept/a.yaml'] ?? '');
  chmodSync(join(inside, 'a'), 0o640);
  symlinkSync('.kept/a', join(folder, 'gateway.d/a.yaml'));
  expect(await gw(['secret', 'rotate', '--yaml'], { cwd: folder, env: KEYS })).toMatchObject({ code: 0 });
  expect(lstatSync(join(folder, 'gateway.d/a.yaml')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(inside, 'a'), 'utf8')).toContain(`sealed:v1:${NEW.first.id}:`);
  expect(statSync(join(inside, 'a')).mode & 0o777).toBe(0o640);
  expect(readdirSync(inside)).toEqual(['a']);
});

const FINE = `connections:\n  fine:\n    base_url: https://a.example\n    credential: <connections/fine/credential|one>\n`;
const quoted = (text: string): string => text.replace(/(<[^>]+>)/, '"$1"');

/** What is wrong with the second of two files: none is changed. */
const FAULTS: readonly [what: string, yaml: string, told: RegExp, spoil?: (text: string) => string][] = [
  [
    'another field',
    `${CONNECTION}    credential: <connections/vendor/password|secret>\n`,
    /^gw secret rotate: gateway\.d\/b\.yaml:5:17: this text was sealed for another place than connections\/vendor\/credential, or was changed$/m,
  ],
  [
    'no key opens it',
    `${CONNECTION}    credential: <connections/vendor/credential|secret>\n`,
    /b\.yaml:5:17: none of the keys sealed this text$/m,
    (text) => text.replace(/sealed:v1:[0-9a-f]{8}/, 'sealed:v1:00000000'),
  ],
  [
    'it goes over two lines',
    quoted(`${CONNECTION}    credential: <connections/vendor/credential|secret>\n`),
    /b\.yaml:5:17: the sealed text has to stand as it is, in one line$/m,
    (text) => text.replace(/(sealed:v1:.{20})/, '$1\\\n      '),
  ],
  ['YAML is broken', `connections: [\n`, /^error GW1/],
  ['an unknown key', `${CONNECTION}    credentials: x\n`, /^error GW2003/],
  ['a name of two files', `connections: { fine: { base_url: "https://b.example" } }\n`, /^error GW3001/],
];

test.each(FAULTS)('no file changes where %s', async (_, yaml, told, spoil = (text) => text) => {
  const { files } = filesOf({ 'gateway.d/a.yaml': FINE, 'gateway.d/b.yaml': yaml });
  const folder = folderOf({ ...files, 'gateway.d/b.yaml': spoil(files['gateway.d/b.yaml'] ?? '') });
  const before = textsIn(folder);
  const ran = await gw(['secret', 'rotate', '--yaml'], { cwd: folder, env: KEYS });
  expect([ran.code, ran.stdout]).toEqual([1, '']);
  expect(ran.stderr).toMatch(told);
  expect(ran.stderr).toMatch(/gw secret rotate: no file was changed\n$/);
  expect(ran.stderr).not.toContain('secret>');
  expect(textsIn(folder)).toEqual(before);
});

test('no file changes where one cannot be written', async () => {
  // The name is as long as a name may be: nothing longer can stand beside it.
  const long = `gateway.d/${'z'.repeat(250)}.yaml`;
  const { files } = filesOf({
    'gateway.d/a.yaml': FINE,
    [long]: `${CONNECTION}    credential: <connections/vendor/credential|secret>\n`,
  });
  const folder = folderOf(files);
  const ran = await gw(['secret', 'rotate', '--yaml'], { cwd: folder, env: KEYS });
  expect([ran.code, ran.stdout]).toEqual([2, '']);
  expect(ran.stderr).toMatch(/z\.yaml cannot be written anew \(ENAMETOOLONG\); no file was changed\n$/);
  expect(textsIn(folder)).toEqual(files);
});

test.each([
  ['no key', {}, /^gw: set GW_ENCRYPTION_KEY/],
  ['what is no key', { GW_ENCRYPTION_KEY: 'short' }, /holds what is no key/],
])('wrong usage: %s', async (_, env, told) => {
  const { files } = filesOf({ 'gateway.d/a.yaml': FINE });
  const folder = folderOf(files);
  const ran = await gw(['secret', 'rotate', '--yaml'], { cwd: folder, env });
  expect([ran.code, ran.stdout]).toEqual([2, '']);
  expect(ran.stderr).toMatch(told);
  expect(textsIn(folder)).toEqual(files);
});
