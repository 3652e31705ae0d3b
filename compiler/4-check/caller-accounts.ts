import { diagnostic } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Rule } from './rule.ts';

/** No caller has the account that another one has only because nothing is written there: its name. */
export const callerAccounts: Rule = (model, report) => {
  const bare = new Map(
    model.callers.filter(({ fields }) => fields.account === undefined).map(({ name, key }) => [name, key]),
  );
  for (const { name, fields } of model.callers) {
    const { account } = fields;
    const owner = account?.value === undefined ? undefined : bare.get(account.value);
    if (account?.value === undefined || owner === undefined) continue;
    report(
      diagnostic('GW5007', account.span, {
        message: `the caller ${quote(name)} shares the account, and so the grants and the rate limit, of the caller ${quote(account.value)}`,
        notes: [{ message: 'it writes no account, so its account is its name', span: owner }],
        help: `write \`account: ${account.value}\` there too if that is meant, or choose another account here`,
      }),
    );
  }
};
