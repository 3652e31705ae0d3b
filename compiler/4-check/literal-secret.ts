import type { Model } from '../3-resolve/model.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';

/** Secrets are references or sealed text. Written out they are an error, and a warning for `gw dev`. */
export function literalSecret(model: Model, report: Report, literalSecrets: 'error' | 'warn'): void {
  for (const literal of model.literals) {
    report(
      diagnostic('GW4016', literal.span, {
        severity: literalSecrets === 'warn' ? 'warning' : 'error',
        message: `${quote(literal.name)} is written out`,
        help: 'write ${env:NAME} or ${file:PATH}; if it was committed, revoke it',
      }),
    );
  }
}
