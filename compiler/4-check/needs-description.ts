import type { DescriptionModel } from '../3-resolve/model.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Rule } from './rule.ts';

/** Gives what is missing of a connection's descriptions. One that could not be read was reported where it stands. */
function lackingIn(descriptions: readonly DescriptionModel[]): 'a description' | 'operations' | null {
  if (descriptions.length === 0) return 'a description';
  const none = descriptions.every(({ description }) => description?.operations.length === 0);
  return none ? 'operations' : null;
}

/** `expose: operations` and `validate` have a description to go by. */
export const needsDescription: Rule = (model, report) => {
  for (const { fields, catalog } of model.connections) {
    const catalogUnknown = fields.catalog !== undefined && catalog === null;
    if (catalogUnknown) continue;
    const lacking = lackingIn(catalog?.descriptions ?? []);
    if (lacking === null) continue;
    const asked = [
      fields.expose?.value === 'operations' ? fields.expose : undefined,
      fields.validate?.value === 'warn' || fields.validate?.value === 'enforce' ? fields.validate : undefined,
    ];
    for (const field of asked) {
      if (field === undefined) continue;
      const key = field === fields.expose ? 'expose' : 'validate';
      report(
        diagnostic('GW4019', field.span, {
          message: `${quote(key)} needs ${lacking}, and this connection has none`,
          help: `name a \`catalog\` that has ${lacking === 'operations' ? 'some' : '`descriptions`'}, or remove the key`,
        }),
      );
    }
  }
};
