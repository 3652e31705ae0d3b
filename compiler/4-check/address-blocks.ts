import { isAddressBlock } from '../../table/rules/address-ranges.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Rule } from './rule.ts';

/** allow_private holds address blocks in CIDR form (RFC 4632, RFC 4291 2.3). */
export const addressBlocks: Rule = (model, report) => {
  for (const { fields } of model.connections) {
    for (const { span, value } of fields.allow_private?.value ?? []) {
      if (value === undefined || isAddressBlock(value)) continue;
      report(
        diagnostic('GW4020', span, {
          message: `${quote(value)} is no address block`,
          help: 'write an address and a prefix length, such as 10.0.0.0/8 or fd00::/8, without bits beyond the prefix',
        }),
      );
    }
  }
};
