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
        message:
          literal.inUrl === true
            ? `${quote(literal.name)} holds a password that is written out`
            : `${quote(literal.name)} is written out`,
        help:
          literal.inUrl === true
            ? 'write a reference in its place, such as postgres://gw:${env:NAME}@host/gw; if it was committed, revoke it'
            : 'write ${env:NAME} or ${file:PATH}; if it was committed, revoke it',
      }),
    );
  }
}
