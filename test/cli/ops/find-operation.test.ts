import { expect, test } from 'vitest';
import { operationNamed, setsNamed } from '../../../cli/ops/find-operation.ts';
import { operation, setOf } from '../../support/sample-set.ts';

const OPERATIONS = [
  operation({ id: 'listOrders', path: '/orders' }),
  operation({ id: 'addOrder', method: 'POST', path: '/orders' }),
  operation({ id: 'GET /shops', path: '/shops' }),
];
const SETS = [
  setOf(OPERATIONS),
  setOf([operation({ id: 'listOrders', path: '/old' })], [], { description: 'old', prefix: '' }),
  setOf(OPERATIONS.slice(1), [], { connection: 'copy' }),
];
const OPENED = new Map([
  ['shop', SETS.slice(0, 2)],
  ['copy', SETS.slice(2)],
]);

const FOUND: readonly [named: string, connection: string | undefined, where: readonly [number, number]][] = [
  ['old:listOrders', undefined, [1, 0]],
  ['main:listOrders', undefined, [0, 0]],
  ['addOrder', 'copy', [2, 0]],
  ['GET /shops', 'copy', [2, 1]],
  ['POST /shop/v2/orders', undefined, [0, 1]],
  ['POST /copy/v2/orders', undefined, [2, 0]],
  ['POST /v2/orders', 'shop', [0, 1]],
  ['POST /orders', 'shop', [0, 1]],
  ['GET /old', undefined, [1, 0]],
];

test.each(FOUND)('%s on %s', (named, connection, [at, index]) => {
  const place = operationNamed(setsNamed(OPENED, connection), named);
  expect([SETS.indexOf(place.set), place.index]).toEqual([at, index]);
});

const REFUSED: readonly [named: string, connection: string | undefined, message: string][] = [
  ['listOrder', undefined, 'no operation is named "listOrder"; there are: listOrders, addOrder, GET /shops'],
  ['x', 'shopp', 'no connection is named "shopp"; there are: shop, copy'],
  [
    'listOrders',
    undefined,
    [
      '"listOrders" means several operations; name one by --connection, or as DESCRIPTION:ID or METHOD PATH:',
      '  shop: main:listOrders (GET /shop/v2/orders)',
      '  shop: old:listOrders (GET /shop/old)',
    ].join('\n'),
  ],
];

test.each(REFUSED)('%s on %s is told', (named, connection, message) => {
  expect(() => operationNamed(setsNamed(OPENED, connection), named)).toThrow(message);
});

test('many names are listed nearest first, and not all', () => {
  const many = setOf(Array.from({ length: 30 }, (_, at) => operation({ id: `get${at}` })));
  expect(() => operationNamed([many], 'get7')).not.toThrow();
  expect(() => operationNamed([many], 'GET7')).toThrow(/there are: get7, .*, and 22 more$/);
  expect(() => operationNamed([], 'x')).toThrow('no operation is named "x"; there is none');
});
