import { basicFault } from '../../table/rules/basic-credential.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Field } from '../fields/field.ts';
import type { Written } from '../fields/written.ts';
import { hideSpan } from '../source/span.ts';
import { checkHeaderValue } from './headers.ts';
import type { Rule } from './rule.ts';

/** Credentials that are written out can be sent. Referenced ones are checked when they are resolved. */
export const literalCredentials: Rule = (model, report) => {
  for (const { fields } of model.connections) {
    const { credential, username, password } = fields;
    if (credential?.value?.kind === 'literal')
      checkHeaderValue('credential', credential.value.text, credential.span, report);
    checkBasic('username', username, report);
    checkBasic('password', password, report);
    if (username?.value?.kind === 'literal' && username.value.text === '')
      report(diagnostic('GW2013', username.span, { message: '"username" is empty' }));
  }
};

function checkBasic(part: 'username' | 'password', field: Field<Written> | undefined, report: Report): void {
  if (field?.value?.kind !== 'literal') return;
  const fault = basicFault(part, field.value.text);
  if (fault === null) return;
  // Behind a colon often stands the password.
  hideSpan(field.span);
  if (fault === 'colon') {
    report(
      diagnostic('GW4015', field.span, {
        message: 'a username holds no colon',
        help: 'what stands behind the colon would become part of the password',
      }),
    );
  } else {
    report(
      diagnostic('GW4011', field.span, { message: `the value of ${quote(part)} holds a control character` }),
    );
  }
}
