import { isIP } from 'node:net';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { inBlocks, isAddressBlock, refusedAddress, knownBlock } from '../../table/rules/address-ranges.ts';

const REFUSED: Record<string, readonly string[]> = {
  unspecified: ['0.0.0.0', '0.1.2.3', '::', '0:0:0:0:0:0:0:0'],
  loopback: ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1'],
  private: [
    '10.0.0.0',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    'fc00::1',
    'fd00:ec2::254',
    '::ffff:10.1.2.3',
    '64:ff9b::10.0.0.1',
  ],
  'shared by a carrier': ['100.64.0.1', '100.127.255.255', '100.100.100.200'],
  'link-local': [
    '169.254.169.254',
    '169.254.170.2',
    'fe80::1',
    'fe80::1%eth0',
    'febf::1',
    '::ffff:a9fe:a9fe',
  ],
  metadata: ['168.63.129.16'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1'],
  reserved: [
    '192.0.0.192',
    '240.0.0.1',
    '255.255.255.255',
    '2001::1',
    '2001:1ff:ffff::1',
    '4000::1',
    '5f00::1',
    '1::1',
    '64:ff9b:2::1',
  ],
  documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff:fff::1'],
  benchmarking: ['198.18.0.1', '198.19.255.255'],
  '6to4 relay': ['192.88.99.1'],
  '6to4': ['2002:7f00:1::', '2002:0808:0808::1'],
  'IPv4-compatible': ['::127.0.0.1', '::8.8.8.8', '::2'],
  'local NAT64': ['64:ff9b:1::1'],
  discard: ['100::1'],
  'site-local': ['fec0::1'],
  'not an address': [
    '',
    'localhost',
    '127.1',
    '2130706433',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '1.2.3.4.5',
    '256.1.1.1',
    '[::1]',
    ':::1',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '::12345',
    '::1.2.3',
    '1:2:3:4:5:6:7::8',
  ],
};

test.each(Object.entries(REFUSED))('%s is refused', (what, addresses) => {
  expect(addresses.map((address) => [address, refusedAddress(address)])).toEqual(
    addresses.map((address) => [address, what]),
  );
});

const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '168.63.129.17',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '192.169.0.0',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2a00:1450:4001:81b::200e',
  '2001:200::1',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
];

test.each(PUBLIC)('%s is public', (address) => {
  expect(refusedAddress(address)).toBeNull();
});

test('what node takes for an address is read, and nothing else', () => {
  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV4Extended(),
    fc.stringMatching(/^[0-9a-f:.]{0,20}$/),
    fc.stringMatching(/^[0-9a-f]{0,2}(?::[0-9a-f]{0,4}){2,8}$/),
  );
  fc.assert(
    fc.property(text, (address) => {
      expect(refusedAddress(address) !== 'not an address').toBe(isIP(address) !== 0);
    }),
    { numRuns: 2000 },
  );
});

const BLOCKS: readonly [address: string, blocks: readonly string[], holds: boolean][] = [
  ['10.1.2.3', ['10.0.0.0/8'], true],
  ['11.1.2.3', ['10.0.0.0/8'], false],
  ['::ffff:10.1.2.3', ['10.0.0.0/8'], true],
  ['10.1.2.3', ['fd00::/8', '10.1.2.3/32'], true],
  ['fd12::1', ['fd00::/8'], true],
  ['10.1.2.3', ['10.0.0.1/8', '10.0.0.0/33', '10.0.0.0', 'ten/8', '::/0'], false],
  ['1.2.3.4', ['0.0.0.0/0'], true],
  ['no address', ['0.0.0.0/0', '::/0'], false],
];

test.each(BLOCKS)('%s in %j: %s', (address, blocks, holds) => {
  expect(inBlocks(address, blocks)).toBe(holds);
});

const WRITTEN: readonly [block: string, isBlock: boolean][] = [
  ['10.0.0.0/8', true],
  ['::/0', true],
  ['fd00::/8', true],
  ['fd00::1/8', false],
  ['10.0.0.1/8', false],
  ['10.0.0.0/08', false],
  ['10.0.0.0/33', false],
  ['10.0.0.0', false],
  ['fe80::%eth0/64', false],
];

test.each(WRITTEN)('%s is a block: %s', (block, isBlock) => {
  expect(isAddressBlock(block)).toBe(isBlock);
});

test('a list of blocks with a text that is none is noticed at once', () => {
  expect(() => knownBlock('10.0.0.0/33')).toThrow('10.0.0.0/33 is no address block');
});
