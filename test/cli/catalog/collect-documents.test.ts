import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collectDocuments } from '../../../cli/catalog/collect-documents.ts';
import { folderOrigin } from '../../../cli/catalog/origin.ts';
import { folderOf } from '../../support/folder.ts';
import type { Files } from '../../support/folder.ts';

interface Case {
  readonly what: string;
  readonly files: Files;
  readonly root?: string;
  readonly copied?: readonly string[];
  readonly notes?: readonly string[];
  readonly fault?: string;
}

const ROOT = 'openapi: 3.1.0\n';

const CASES: readonly Case[] = [
  { what: 'one file', files: { 'a.yaml': `${ROOT}x: { $ref: "#/y" }\n` }, copied: ['a.yaml'] },
  {
    what: 'files through files, in folders, escaped, in a circle',
    files: {
      'a.yaml': `${ROOT}paths: { /a: { $ref: "paths/a.json#/x" }, /b: { $ref: ./paths/a.json } }\n`,
      'paths/a.json': '{"x": {"$ref": "../schemas/an%20order.yml#/a"}}',
      'schemas/an order.yml': 'a: { $ref: "../a.yaml#/b" }\nb: { description: { $ref: notes.md } }\n',
      'schemas/notes.md': '# $ref: "other.yaml"\n',
      'other.yaml': 'never: copied\n',
    },
    copied: ['a.yaml', 'paths/a.json', 'schemas/an order.yml', 'schemas/notes.md'],
  },
  {
    what: 'the mapping of a discriminator',
    files: {
      'a.yaml': `${ROOT}discriminator: { propertyName: kind, mapping: { cat: cat.yaml, dog: Dog, bird: "#/Bird" } }\n`,
      'cat.yaml': '{}\n',
    },
    copied: ['a.yaml', 'cat.yaml'],
  },
  {
    what: 'what leads out of the folder',
    files: {
      'in/a.yaml': `${ROOT}a: { $ref: ../b.yaml }\nb: { $ref: "https://x.example/c.json#/d" }\nc: { $ref: "file:///etc/hostname" }\nd: { $ref: "/etc/hostname" }\ne: { $ref: "x/%2e%2e/%2e%2e/b.yaml" }\n`,
      'b.yaml': 'secret: yes\n',
    },
    root: 'in/a.yaml',
    copied: ['a.yaml'],
    notes: [
      '"../b.yaml" is not copied: it leads out of the document\'s folder, and is never opened',
      '"/etc/hostname" is not copied: it leads out of the document\'s folder, and is never opened',
      '"file:///etc/hostname" is not copied: it leads out of the document\'s folder, and is never opened',
      '"https://x.example/c.json#/d" is not copied: it leads out of the document\'s folder, and is never opened',
      '"x/%2e%2e/%2e%2e/b.yaml" is not copied: it leads out of the document\'s folder, and is never opened',
    ],
  },
  {
    what: 'what is not there',
    files: { 'a.yaml': `${ROOT}a: { $ref: b.yaml }\n` },
    copied: ['a.yaml'],
    notes: ['b.yaml is referred to and not copied: there is no such file'],
  },
  {
    what: 'an alias that holds itself',
    files: { 'a.yaml': `${ROOT}a: &a\n  b: *a\n  c: { $ref: b.yaml }\n`, 'b.yaml': '' },
    copied: ['a.yaml', 'b.yaml'],
  },
  { what: 'no file', files: {}, fault: 'there is no such file' },
  { what: 'no document', files: { 'a.yaml': '{ : [\n' }, fault: 'a.yaml is neither JSON nor YAML' },
  {
    what: 'another document',
    files: { 'a.yaml': 'asyncapi: 3.0.0\n' },
    fault: 'a.yaml has neither `openapi` nor `swagger`',
  },
];

test.each(CASES)('$what', async ({ files, root = 'a.yaml', copied, notes = [], fault }) => {
  const path = join(folderOf(files), root);
  const collecting = await collectDocuments(folderOrigin(join(path, '..'), 'a.yaml'));
  const collected = 'collected' in collecting ? collecting.collected : null;
  expect({
    copied: collected === null ? undefined : [...collected.files.keys()].toSorted(),
    notes: collected?.notes.toSorted() ?? [],
    fault: 'fault' in collecting ? collecting.fault : undefined,
  }).toEqual({ copied, notes, fault });
});

test('a link out of the folder is not followed', async () => {
  const outside = folderOf({ 'b.yaml': 'secret: yes\n' });
  const inside = folderOf({ 'a.yaml': `${ROOT}a: { $ref: b.yaml }\n` });
  symlinkSync(join(outside, 'b.yaml'), join(inside, 'b.yaml'));
  const collecting = await collectDocuments(folderOrigin(inside, 'a.yaml'));
  expect('collected' in collecting && collecting.collected.notes).toEqual([
    'b.yaml is referred to and not copied: it is outside the folder of the document',
  ]);
});
