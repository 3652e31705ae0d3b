import { diagnostic } from '../diagnostic/diagnostic.ts';
import { didYouMean } from '../../table/rules/nearest-name.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Rule } from './rule.ts';

/** A caller's personas are declared. */
export const personaReferences: Rule = (model, report) => {
  if (!model.complete) return;
  const known = model.personas.map((persona) => persona.name);
  for (const { fields } of model.callers) {
    for (const { span, value } of fields.personas?.value ?? []) {
      if (value === undefined || known.includes(value)) continue;
      report(
        diagnostic('GW3007', span, {
          message: `there is no persona ${quote(value)}`,
          label: didYouMean(value, known),
          help: known.length === 0 ? 'declare it under `personas`' : null,
        }),
      );
    }
  }
};
