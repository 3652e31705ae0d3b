import { isIP } from 'node:net';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Rule } from './rule.ts';

/** allow_private holds address blocks in CIDR form (RFC 4632, RFC 4291 2.3). */
export const addressBlocks: Rule = (model, report) => {
  for (const { fields } of model.connections) {
    for (const { span, value } of fields.allow_private?.value ?? []) {
      if (value === undefined || isBlock(value)) continue;
      report(
        diagnostic('GW4020', span, {
          message: `${quote(value)} is no address block`,
          help: 'write an address and a prefix length, such as 10.0.0.0/8 or fd00::/8, without bits beyond the prefix',
        }),
      );
    }
  }
};

function isBlock(written: string): boolean {
  const [, address = '', digits = ''] = /^([0-9A-Fa-f.:]+)\/(0|[1-9][0-9]{0,2})$/.exec(written) ?? [];
  const version = isIP(address);
  const length = Number(digits);
  if (version === 0 || length > (version === 4 ? 32 : 128)) return false;
  const bits = version === 4 ? bitsOf(address.split('.'), 8, 10) : bitsOf(groupsOf(address), 16, 16);
  return bits !== null && !bits.slice(length).includes('1');
}

/** Gives the eight groups of an IPv6 address (RFC 4291 2.2). Ones with a dotted tail are not taken. */
function groupsOf(address: string): string[] {
  if (address.includes('.')) return [];
  const [head = '', tail] = address.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  if (tail === undefined) return groups(head);
  const missing = 8 - groups(head).length - groups(tail).length;
  return [...groups(head), ...Array.from({ length: missing }, () => '0'), ...groups(tail)];
}

function bitsOf(parts: readonly string[], width: number, radix: number): string | null {
  if (parts.length === 0) return null;
  return parts.map((part) => Number.parseInt(part, radix).toString(2).padStart(width, '0')).join('');
}
