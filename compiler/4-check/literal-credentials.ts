import { diagnostic } from '../diagnostic/diagnostic.ts';
import { hideSpan } from '../source/span.ts';
import { checkHeaderValue } from './headers.ts';
import type { Rule } from './rule.ts';

/** Credentials that are written out can stand in a header. Referenced ones are checked when they are resolved. */
export const literalCredentials: Rule = (model, report) => {
  for (const { fields } of model.connections) {
    for (const name of ['credential', 'username', 'password'] as const) {
      const field = fields[name];
      if (field?.value?.kind === 'literal') checkHeaderValue(name, field.value.text, field.span, report);
    }
    const { username } = fields;
    if (username?.value?.kind !== 'literal') continue;
    if (username.value.text === '') {
      report(diagnostic('GW2013', username.span, { message: '"username" is empty' }));
    } else if (username.value.text.includes(':')) {
      // The rest of the value is often the password.
      hideSpan(username.span);
      report(
        diagnostic('GW4015', username.span, {
          message: 'a username holds no colon',
          help: 'what stands behind the colon would become part of the password',
        }),
      );
    }
  }
};
