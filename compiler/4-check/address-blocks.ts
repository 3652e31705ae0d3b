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
  return version === 4 ? !hasBitsBeyond(address, length) : true;
}

function hasBitsBeyond(address: string, length: number): boolean {
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return value % 2 ** (32 - length) !== 0;
}
