import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CONTROL_ROUTES } from '../../runtime/control/control-routes.ts';
import { CONTROL_SEGMENTS } from '../../runtime/2-match/served-at-control.ts';
import { REASON_TEXTS } from '../../runtime/control/connect/reasons.ts';

const PAGE = readFileSync(new URL('../../docs/control-api.md', import.meta.url), 'utf8');

test('docs/control-api.md has every path that is served, and no other', () => {
  const served = CONTROL_ROUTES.map(({ method, path }) => `${method} ${path}`);
  expect(served.length).toBeGreaterThan(15);
  const documented = [...PAGE.matchAll(/^\| `([A-Z]+ \/[^`]*)` \|/gm)].map(([, line = '']) => line);
  expect(documented.toSorted()).toEqual(served.toSorted());
});

test('what is asked for at the data address and served here is known there', () => {
  const segments = CONTROL_ROUTES.map(({ path }) => path.split('/')[1]);
  const probes = ['healthz', 'readyz', 'metrics'];
  expect(new Set([...CONTROL_SEGMENTS, 'api'])).toEqual(new Set([...segments, ...probes]));
  const ofApi = CONTROL_ROUTES.map(({ path }) => path).filter((path) => path.startsWith('/api/'));
  expect(ofApi.filter((path) => !path.startsWith('/api/v1/admin/'))).toEqual([]);
});

test('every way a sign-in ends is told to people in a sentence', () => {
  expect(Object.keys(REASON_TEXTS).length).toBeGreaterThan(20);
  for (const text of Object.values(REASON_TEXTS)) expect(text).toMatch(/^[A-Z][^_<>]*\.$/);
});
