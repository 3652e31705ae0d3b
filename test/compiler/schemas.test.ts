import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { FIXTURES } from './check.ts';

const ROOT = join(FIXTURES, '..', '..');

function validator(name: string): ValidateFunction {
  const schema: unknown = JSON.parse(readFileSync(join(ROOT, 'docs/schema', name), 'utf8'));
  return new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema as object);
}

const gatewayFile = validator('gateway.schema.json');
const catalogFile = validator('catalog.schema.json');

function yamlUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (name.startsWith('.')) return [];
    if (statSync(path).isDirectory()) return yamlUnder(path);
    return path.endsWith('.yaml') && !path.endsWith('.gwtest.yaml') ? [path] : [];
  });
}

function gatewayFiles(folder: string): string[] {
  return yamlUnder(join(folder, 'gateway.d'));
}

function catalogFiles(folder: string): string[] {
  return yamlUnder(join(folder, 'catalogs')).filter((path) => path.endsWith('/catalog.yaml'));
}

function read(path: string): unknown {
  return parse(readFileSync(path, 'utf8').replace(/^\ufeff/, ''));
}

const accepted = readdirSync(join(FIXTURES, 'accept')).map((name) => join(FIXTURES, 'accept', name));

describe('editors accept what the compiler accepts', () => {
  const files = [...accepted, ROOT].flatMap(gatewayFiles).filter((path) => read(path) !== null);
  test.each(files.map((path) => [path.slice(ROOT.length + 1), path]))('%s', (_, path) => {
    gatewayFile(read(path));
    expect(gatewayFile.errors).toBeNull();
  });
  const catalogs = [...accepted, ROOT].flatMap(catalogFiles);
  test('files were looked at', () => {
    expect(files.length).toBeGreaterThan(accepted.length - 2);
    expect(catalogs.length).toBeGreaterThan(1);
  });
  test.each(catalogs.map((path) => [path.slice(ROOT.length + 1), path]))('%s', (_, path) => {
    catalogFile(read(path));
    expect(catalogFile.errors).toBeNull();
  });
});

test.each([
  'unknown-key',
  'bad-duration',
  'bad-size',
  'unknown-word',
  'out-of-range',
  'wrong-type',
  'bad-reference',
])('editors refuse reject/%s', (name) => {
  const [file] = gatewayFiles(join(FIXTURES, 'reject', name));
  expect(gatewayFile(read(file ?? ''))).toBe(false);
});

test('every shipped file names its schema on its first line', () => {
  const shipped = [...gatewayFiles(ROOT), ...catalogFiles(ROOT)];
  for (const path of shipped) {
    const [first = ''] = readFileSync(path, 'utf8').split('\n');
    expect([path, first]).toEqual([
      path,
      expect.stringMatching(/^# yaml-language-server: \$schema=.*\.schema\.json$/),
    ]);
  }
});
