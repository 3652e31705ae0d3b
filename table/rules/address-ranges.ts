/**
 * The one rule about addresses that a URL from outside may lead to. Everything that is not plainly the public
 * internet is refused: what is inside the network of whoever runs this must not be reached by naming it.
 */

/** Ranges that are refused, with what they are (IANA special-purpose registries, RFC 6890 and its updates). */
const REFUSED_4: readonly (readonly [block: string, what: string])[] = [
  ['0.0.0.0/8', 'unspecified'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'shared by a carrier'],
  ['127.0.0.0/8', 'loopback'],
  // The machine's own metadata service of one cloud; others are link-local or in a range below.
  ['168.63.129.16/32', 'metadata'],
  ['169.254.0.0/16', 'link-local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'reserved'],
  ['192.0.2.0/24', 'documentation'],
  ['192.88.99.0/24', '6to4 relay'],
  ['192.168.0.0/16', 'private'],
  ['198.18.0.0/15', 'benchmarking'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],
];

/** The first that holds an address is its answer; behind them only 2000::/3 is public. */
const REFUSED_6: readonly (readonly [block: string, what: string])[] = [
  ['::/128', 'unspecified'],
  ['::1/128', 'loopback'],
  ['::/96', 'IPv4-compatible'],
  ['64:ff9b:1::/48', 'local NAT64'],
  ['100::/64', 'discard'],
  ['2001::/23', 'reserved'],
  ['2001:db8::/32', 'documentation'],
  ['2002::/16', '6to4'],
  ['3fff::/20', 'documentation'],
  ['fc00::/7', 'private'],
  ['fe80::/10', 'link-local'],
  ['fec0::/10', 'site-local'],
  ['ff00::/8', 'multicast'],
];

/** Ranges whose last 32 bits are an IPv4 address that is reached through them (RFC 4291 2.5.5.2, RFC 6052 2.1). */
const CARRIES_4: readonly string[] = ['::ffff:0:0/96', '64:ff9b::/96'];

interface Address {
  /** 32 or 128. */
  readonly width: number;
  readonly bits: bigint;
}

interface Block extends Address {
  readonly length: number;
}

/** Gives why an address is refused, such as `private`; null for one of the public internet. What is no address is refused. */
export function refusedAddress(text: string): string | null {
  const address = readAddress(text);
  return address === null ? 'not an address' : refusalOf(address);
}

/** Tells whether an address is in one of these blocks; a block that is malformed holds none. IPv4 in IPv6 counts as what it carries. */
export function inBlocks(text: string, blocks: readonly string[]): boolean {
  const address = readAddress(text);
  if (address === null) return false;
  const meant = carriedBy(address) ?? address;
  return blocks.some((written) => {
    const block = readBlock(written);
    return block !== null && holds(block, meant);
  });
}

/** Tells whether a text is an address block in CIDR form, without bits beyond its prefix. */
export function isAddressBlock(text: string): boolean {
  return readBlock(text) !== null;
}

function refusalOf(address: Address): string | null {
  const carried = carriedBy(address);
  if (carried !== null) return refusalOf(carried);
  const { refused4, refused6, globalUnicast } = known();
  const ranges = address.width === 32 ? refused4 : refused6;
  const range = ranges.find(([block]) => holds(block, address));
  if (range !== undefined) return range[1];
  return address.width === 32 || holds(globalUnicast, address) ? null : 'reserved';
}

function carriedBy(address: Address): Address | null {
  if (!known().carriers.some((block) => holds(block, address))) return null;
  return { width: 32, bits: address.bits & 0xffff_ffffn };
}

function holds(block: Block, address: Address): boolean {
  if (block.width !== address.width) return false;
  const beyond = BigInt(block.width - block.length);
  return block.bits >> beyond === address.bits >> beyond;
}

/**
 * Gives an address block in CIDR form (RFC 4632, RFC 4291 2.3), or null for what is none or has bits beyond
 * its prefix. One with a dotted tail is not taken: what carries an IPv4 address is compared as that.
 */
function readBlock(written: string): Block | null {
  const [, text = '', digits = ''] = /^([0-9A-Fa-f:.]+)\/(0|[1-9][0-9]{0,2})$/.exec(written) ?? [];
  const address = text.includes(':') && text.includes('.') ? null : readAddress(text);
  const length = Number(digits);
  if (address === null || length > address.width) return null;
  const beyond = BigInt(address.width - length);
  return (address.bits >> beyond) << beyond === address.bits ? { ...address, length } : null;
}

/** Gives an address from its text: dotted decimal, or IPv6 (RFC 4291 2.2) without brackets; a zone is left out. */
function readAddress(text: string): Address | null {
  const bare = /^(.*:.*)%[^%]+$/.exec(text)?.[1] ?? text;
  return bare.includes(':') ? readAddress6(bare) : readAddress4(bare);
}

function readAddress4(text: string): Address | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let bits = 0n;
  for (const part of parts) {
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return null;
    bits = (bits << 8n) | BigInt(part);
  }
  return { width: 32, bits };
}

function readAddress6(text: string): Address | null {
  const dotted = /^(.*:)([0-9.]+\.[0-9.]+)$/.exec(text);
  const tail = dotted === null ? null : readAddress4(dotted[2] ?? '');
  if (dotted !== null && tail === null) return null;
  const low =
    tail === null ? '' : [tail.bits >> 16n, tail.bits & 0xffffn].map((part) => part.toString(16)).join(':');
  const halves = ((dotted?.[1] ?? text) + low).split('::');
  if (halves.length > 2) return null;
  const [head = [], rest = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - rest.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...rest];
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return null;
  return { width: 128, bits: groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n) };
}

/** The lists above as blocks. */
interface KnownBlocks {
  readonly refused4: readonly (readonly [Block, string])[];
  readonly refused6: readonly (readonly [Block, string])[];
  readonly carriers: readonly Block[];
  readonly globalUnicast: Block;
}

let blocks: KnownBlocks | null = null;

/** Gives the lists as blocks, read when the first address is judged: most starts judge none. */
function known(): KnownBlocks {
  blocks ??= {
    refused4: REFUSED_4.map(ranged),
    refused6: REFUSED_6.map(ranged),
    carriers: CARRIES_4.map(knownBlock),
    globalUnicast: knownBlock('2000::/3'),
  };
  return blocks;
}

function ranged([block, what]: readonly [string, string]): readonly [Block, string] {
  return [knownBlock(block), what];
}

/** Gives the block of a text that is one; throws where it is not, which is a fault of the lists here. */
export function knownBlock(written: string): Block {
  const block = readBlock(written);
  if (block === null) throw new Error(`${written} is no address block`);
  return block;
}
