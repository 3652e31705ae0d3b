import { describe, expect, test } from 'vitest';
import { either, refuse, TableError, text } from '../../table/shape.ts';
import { AUTH_MODES } from '../../table/rules/auth-modes.ts';
import { connectionNominated } from '../../table/rules/connection-nominated.ts';
import { decideAccess, openBy } from '../../table/rules/decide-access.ts';
import { foldHeaderName } from '../../table/rules/fold-header-name.ts';
import { matchPathGlob, pathGlobFault, pathGlobSegments } from '../../table/rules/glob.ts';
import { headerValueFault, isHeaderName } from '../../table/rules/header-syntax.ts';
import { operationId } from '../../table/rules/operation-id.ts';
import { matchTree } from '../../compiler/5-lower/match-tree.ts';
import type { DescriptionEntry } from '../../table/operations.ts';
import { matchOperation, placeDescription } from '../../table/rules/operation-matcher.ts';
import { apiKeyHeaderFault } from '../../table/rules/operator-headers.ts';
import { pathSegments, rulePathFault, targetFault } from '../../table/rules/target.ts';
import { gives, rule } from '../support/table.ts';

describe('targets', () => {
  test.each([
    ['/a', null],
    ['a', 'not_origin_form'],
    ['/a#b', 'fragment'],
    ['/a\\b', 'backslash'],
    ['/a b', 'space'],
    ['/\xe9', 'not_ascii'],
    ['/\x01', 'control'],
    ['/\x7f', 'control'],
    ['/%zz', 'percent'],
    ['/%00', 'nul'],
    ['/..', 'dot_segment'],
    ['/%252e', 'dot_segment'],
  ] as const)('%j: %s', (target, fault) => {
    expect(targetFault(target)).toBe(fault);
  });

  test.each([
    ['/a%20b', false, null],
    ['/a;b', true, 'semicolon'],
    ['/a%3Bb', true, 'semicolon'],
    ['/a//', true, 'empty_segment'],
    ['/%25', true, 'encoded_percent'],
    ['/%0a', true, 'encoded_control'],
    ['/%2f', false, 'encoded_slash'],
    ['/%5c', false, 'encoded_backslash'],
    ['/%2f%5C', true, null],
    ['/%ff', true, 'not_utf8'],
  ] as const)('%s where rules judge, allow_encoded_slash %s: %s', (path, allow, fault) => {
    expect(rulePathFault(path, allow)).toBe(fault);
  });

  test.each([
    ['', []],
    ['/', []],
    ['/a%20b/c/', ['a b', 'c']],
    ['/%ff', null],
  ])('the segments of %j', (path, segments) => {
    expect(pathSegments(path)).toEqual(segments);
  });
});

describe('headers', () => {
  test.each([
    ['a', null],
    ['a\r', 'cr_lf_nul'],
    ['a\x01', 'control'],
    ['\u20ac', 'not_latin1'],
    [' a', 'edge_space'],
  ])('the value %j: %s', (value, fault) => {
    expect(headerValueFault(value)).toBe(fault);
  });

  test('names', () => {
    expect(["X!#$%&'*+-.^_`|~9", '', 'a b', 'a:'].map(isHeaderName)).toEqual([true, false, false, false]);
    expect(['X-A', 'x_a', 'X.a', 'X~A'].map(foldHeaderName)).toEqual(['x-a', 'x-a', 'x-a', 'x-a']);
    expect(connectionNominated(' close, ,X_A,')).toEqual(['close', 'x-a']);
    expect(['Authorization', 'X-API-Key', 'Cookie', 'TE'].map(apiKeyHeaderFault)).toEqual([
      null,
      null,
      'cookie',
      'hop_by_hop',
    ]);
  });
});

describe('access', () => {
  const open = gives(null, false, 'open');
  const reader = gives(null, true, 'reader');
  const ruled = gives([rule('allow', ['GET'], ['/a', '/b'])], false, 'ruled');
  const deny = [rule('deny', [], ['/secret'])];
  test.each([
    [{ allows: [open], denies: [] }, 'DELETE', '/a', true, 'open', 'open'],
    [{ allows: [reader], denies: [] }, 'HEAD', '/a', true, 'open', 'reader'],
    [{ allows: [reader], denies: [] }, 'POST', '/a', false, 'read_only', 'reader'],
    [{ allows: [ruled], denies: [] }, 'GET', '/b/', true, 'rule', 'all'],
    [{ allows: [ruled], denies: [] }, 'POST', '/a', false, 'no_rule', 'ruled'],
    [{ allows: [ruled], denies: [] }, 'GET', '/c', false, 'no_rule', 'ruled'],
    [{ allows: [reader, ruled], denies: [] }, 'POST', '/a', false, 'no_rule', 'ruled'],
    [{ allows: [ruled, reader], denies: [] }, 'POST', '/a', false, 'no_rule', 'ruled'],
    [{ allows: [reader, open], denies: [] }, 'POST', '/a', true, 'open', 'open'],
    [{ allows: [ruled, open], denies: deny }, 'GET', '/c', true, 'open', 'open'],
    [{ allows: [ruled, open], denies: deny }, 'GET', '/secret', false, 'rule', 'all'],
    [{ allows: [], denies: [] }, 'GET', '/', false, 'connection', undefined],
  ])('%j %s %s: %s, %s by %s', (...[access, method, path, allowed, reason, persona]) => {
    const decision = decideAccess({ connection: 'vendor', ...access }, method, pathSegments(path) ?? []);
    expect({ ...decision, by: decision.by?.persona }).toEqual({ allowed, reason, by: persona });
  });

  test('whether rules look at more than the name', () => {
    const on = (allows: (typeof open)[], denies = deny) =>
      openBy({ connection: 'v', allows, denies })?.persona;
    expect([on([open]), on([open], []), on([reader], []), on([reader, open], [])]).toEqual([
      undefined,
      'open',
      undefined,
      'open',
    ]);
  });
});

describe('globs, operations, modes', () => {
  test.each([
    ['/a/**', null],
    ['', 'empty'],
    ['a', 'no_leading_slash'],
    ['/a?', 'query'],
    ['/a**', 'double_star_inside'],
    ['/../a', 'dot_segment'],
    ['/caf%C3%A9', 'encoded'],
    ['/café', null],
  ])('the path glob %j: %s', (glob, fault) => {
    expect(pathGlobFault(glob)).toBe(fault);
  });

  test('the root has no segments', () => {
    expect(pathGlobSegments('/')).toEqual([]);
    expect(matchPathGlob(pathGlobSegments('/'), [])).toBe(true);
  });

  test('a template that is badly encoded is taken as it is written', () => {
    const root = matchTree([{ method: 'GET', path: '/a%zz' }]);
    const placed = placeDescription({} as DescriptionEntry, '', root);
    expect(matchOperation([placed], 'GET', ['a%zz']).kind).toBe('operation');
  });

  test('an operation without an id is its method and path', () => {
    expect([
      operationId('list', 'get', '/a'),
      operationId('', 'get', '/a'),
      operationId(null, 'put', '/'),
    ]).toEqual(['list', 'GET /a', 'PUT /']);
  });

  test('each auth mode and catalog key stands once', () => {
    expect(new Set(AUTH_MODES.map((one) => one.auth_mode)).size).toBe(AUTH_MODES.length);
    expect(new Set(AUTH_MODES.map((one) => one.catalog_key)).size).toBe(AUTH_MODES.length);
  });

  test('a fault of ours within a shape is not taken for a refusal', () => {
    const faulty = either(() => {
      throw new RangeError('ours');
    }, text);
    expect(() => faulty('a', 'x')).toThrow(RangeError);
    expect(() => refuse('', 'a table')).toThrow(new TableError('the table: expected a table'));
  });
});
