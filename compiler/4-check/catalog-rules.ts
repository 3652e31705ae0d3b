import { LOWERABLE } from '../3-resolve/check-severities.ts';
import { CODES } from '../diagnostic/codes.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import { didYouMean } from '../../table/rules/nearest-name.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Rule } from './rule.ts';

/** `rules` of a catalog lowers checks of descriptions, and those alone. */
export const catalogRules: Rule = (model, report) => {
  for (const { fields } of model.catalogs) {
    for (const [code, field] of fields.rules?.value ?? []) {
      if (LOWERABLE.some((one) => one === code)) continue;
      const known = Object.hasOwn(CODES, code);
      report(
        diagnostic('GW6015', field.key, {
          message: known
            ? `${quote(code)} is a check that cannot be lowered`
            : `there is no check ${quote(code)}`,
          label: known ? '' : didYouMean(code, LOWERABLE),
          help: `\`rules\` may name ${LOWERABLE.join(', ')}`,
        }),
      );
    }
  }
};
