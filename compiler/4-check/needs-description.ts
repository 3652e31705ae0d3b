import { diagnostic } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Rule } from './rule.ts';

/** `expose: operations` and `validate` have a description to go by. */
export const needsDescription: Rule = (model, report) => {
  for (const { fields, catalog } of model.connections) {
    const catalogUnknown = fields.catalog !== undefined && catalog === null;
    if (catalogUnknown || (catalog !== null && catalog.descriptions.length > 0)) continue;
    const asked = [
      fields.expose?.value === 'operations' ? fields.expose : undefined,
      fields.validate?.value === 'warn' || fields.validate?.value === 'enforce' ? fields.validate : undefined,
    ];
    for (const field of asked) {
      if (field === undefined) continue;
      const key = field === fields.expose ? 'expose' : 'validate';
      report(
        diagnostic('GW4019', field.span, {
          message: `${quote(key)} needs a description, and this connection has none`,
          help: 'name a `catalog` that has `descriptions`, or remove the key',
        }),
      );
    }
  }
};
