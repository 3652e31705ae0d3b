import { createPrivateKey, X509Certificate } from 'node:crypto';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Field } from '../fields/field.ts';
import type { Written } from '../fields/written.ts';
import { hideSpan } from '../source/span.ts';
import type { Rule } from './rule.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Certificates that are written out can be read; a client certificate comes with its key. */
export const certificates: Rule = (model, report) => {
  for (const { fields } of model.connections) {
    checkCertificates('tls_ca_bundle_pem', fields.tls_ca_bundle_pem, report);
    checkCertificates('mtls_client_cert_pem', fields.mtls_client_cert_pem, report);
    checkKey(fields.mtls_client_key_pem, report);
    const { mtls_client_cert_pem: certificate, mtls_client_key_pem: key } = fields;
    const alone = certificate === undefined ? key : certificate;
    if (alone === undefined || (certificate !== undefined && key !== undefined)) continue;
    const missing = certificate === undefined ? 'mtls_client_cert_pem' : 'mtls_client_key_pem';
    report(diagnostic('GW4018', alone.key, { message: `a client certificate needs ${quote(missing)} too` }));
  }
};

function checkCertificates(name: string, field: Field<Written> | undefined, report: Report): void {
  if (field?.value?.kind !== 'literal') return;
  hideSpan(field.span);
  const blocks = field.value.text.match(CERTIFICATE) ?? [];
  const holdsKey = field.value.text.includes('PRIVATE KEY');
  if (blocks.length > 0 && !holdsKey && blocks.every(isCertificate)) return;
  const message = holdsKey
    ? `${quote(name)} holds a private key`
    : blocks.length === 0
      ? `${quote(name)} holds no CERTIFICATE block`
      : `${quote(name)} holds a CERTIFICATE block that cannot be read`;
  report(
    diagnostic('GW4017', field.span, {
      message,
      help: 'paste the PEM text from BEGIN to END in a block scalar (`|`), or refer to it with ${file:PATH}',
    }),
  );
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== null;
  } catch {
    return false;
  }
}

function checkKey(field: Field<Written> | undefined, report: Report): void {
  if (field?.value?.kind !== 'literal') return;
  try {
    createPrivateKey(field.value.text);
  } catch {
    report(
      diagnostic('GW4017', field.span, {
        message: '"mtls_client_key_pem" holds no private key that can be read',
      }),
    );
  }
}
