import { usesStore, writesLines } from '../../table/rules/audit-sinks.ts';
import { readBaseUrl } from '../../table/rules/base-url.ts';
import { readListenAddress } from '../../table/rules/listen-address.ts';
import { isPublicHost } from '../../table/rules/is-public-host.ts';
import { isStoreUrl } from '../../table/rules/store-url.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Field, Fields } from '../fields/field.ts';
import type { AuditKeys, GatewayFields } from '../fields/gateway-fields.ts';
import { shownUrl } from '../fields/written.ts';
import type { UrlParts } from '../fields/written.ts';
import { hideSpan } from '../source/span.ts';
import type { Rule } from './rule.ts';

/** The addresses, URLs and stores of the gateway section have their forms. */
export const gatewaySection: Rule = ({ gateway }, report) => {
  checkAddresses(gateway, report);
  checkUrl('public_url', gateway.public_url, report);
  checkUrl('control_url', gateway.control_url, report);
  checkStore(gateway.store, isStoreUrl, '`sqlite:PATH` of a file, or postgres://...', report);
  checkStore(
    gateway.rate_limit?.value?.store,
    (url) => /^(?:memory|rediss?:\/\/[^/].*)$/.test(url),
    '`memory`, redis://... or rediss://...',
    report,
  );
  checkLimitStore(gateway.rate_limit?.value?.store, report);
  checkAudit(gateway.audit?.value, report);
};

function checkAudit(audit: Fields<AuditKeys> | undefined, report: Report): void {
  if (audit === undefined) return;
  checkSync(audit, report);
  // What a faulty word was meant to be is not known.
  const sink = audit.sink === undefined ? 'store' : audit.sink.value;
  const under = `under \`sink: ${sink}\``;
  const idle = (field: Field<unknown> | undefined, where: string): void => {
    if (field === undefined) return;
    report(diagnostic('GW4028', field.key, { message: `this key has no effect ${where}` }));
  };
  if (sink !== undefined && !writesLines({ sink })) idle(audit.file, under);
  if (sink !== undefined && !usesStore({ sink })) idle(audit.retention, under);
  if (audit.parameters === undefined || audit.parameters.value === false)
    idle(audit.redact_names, 'without `parameters: true`');
}

/** A promise that nothing is sent unrecorded needs a place where a record stays. */
function checkSync(audit: Fields<AuditKeys>, report: Report): void {
  const { mode } = audit;
  if (mode?.value !== 'sync') return;
  const sink = audit.sink?.value ?? 'store';
  const toFile = writesLines({ sink });
  if (sink !== 'none' && !(toFile && (audit.file?.value ?? 'stdout') === 'stdout')) return;
  report(
    diagnostic('GW4027', mode.span, {
      message:
        sink === 'none'
          ? '`mode: sync` with `sink: none`'
          : '`mode: sync` with JSON lines on standard output',
      help: 'use `sink: store`, or name a `file`',
    }),
  );
}

/** Counting alone where replicas were to count together would be a limit that nobody asked for. */
function checkLimitStore(field: Field<UrlParts> | undefined, report: Report): void {
  const written = field?.value?.[0];
  if (field === undefined || written?.kind !== 'literal' || !/^rediss?:/.test(written.text)) return;
  report(
    diagnostic('GW4026', field.key, {
      message: 'this version counts in memory only',
      help: 'write `store: memory`, or leave it out; each process then counts by itself',
    }),
  );
}

function checkAddresses({ listen, control }: GatewayFields, report: Report): void {
  for (const [name, field] of [
    ['listen', listen],
    ['control', control],
  ] as const) {
    if (field?.value === undefined || readListenAddress(field.value) !== null) continue;
    report(
      diagnostic('GW4022', field.span, {
        message: `${quote(name)} takes host:port or [IPv6]:port`,
        help: 'write for example 127.0.0.1:8080; 0.0.0.0 is every address, port 0 a free one',
      }),
    );
  }
  const one = readListenAddress(listen?.value ?? '127.0.0.1:8080');
  const other = readListenAddress(control?.value ?? '127.0.0.1:8081');
  const place = control ?? listen;
  if (one === null || other === null || place === undefined || one.port === 0) return;
  if (one.port !== other.port || !overlap(one.host, other.host)) return;
  report(
    diagnostic('GW4023', place.span, {
      message:
        one.host === other.host
          ? '`listen` and `control` are the same address'
          : '`listen` and `control` share a port, and one of them has the address of the other',
      help: 'change one of the ports',
      notes:
        control !== undefined && listen !== undefined
          ? [{ message: '`listen` is given here', span: listen.span }]
          : [],
    }),
  );
}

/** Tells whether two hosts cannot both listen on one port. */
function overlap(one: string, other: string): boolean {
  const hosts = [one, other];
  if (one === other || hosts.some((host) => host === '0.0.0.0' || host === '::')) return true;
  return hosts.includes('localhost') && hosts.some((host) => host === '127.0.0.1' || host === '::1');
}

function checkUrl(name: string, field: Field<string> | undefined, report: Report): void {
  if (field?.value === undefined) return;
  const url = readBaseUrl(field.value);
  if (!('fault' in url)) {
    warnOfPlainHttp(name, field, new URL(field.value), report);
    return;
  }
  if (/[@?#]/.test(field.value)) hideSpan(field.span);
  report(
    diagnostic('GW4024', field.span, {
      message: `${quote(name)} ${url.fault}`,
      help: 'write an absolute http or https URL without user name, query or fragment',
    }),
  );
}

/** TLS may end before the gateway, but the URL is what browsers and callers go to. */
function warnOfPlainHttp(name: string, { span }: Field<string>, url: URL, report: Report): void {
  if (url.protocol !== 'http:' || !isPublicHost(url.hostname)) return;
  report(
    diagnostic('GW4003', span, {
      severity: 'warning',
      message: `${quote(name)} leads to a public host over plain http`,
      help: 'keys and passwords cross the network readable; use https',
    }),
  );
}

function checkStore(
  field: Field<UrlParts> | undefined,
  isStore: (url: string) => boolean,
  forms: string,
  report: Report,
): void {
  if (field?.value === undefined) return;
  // A reference may stand for any part but the scheme.
  if (isStore(shownUrl(field.value))) return;
  const [first] = field.value;
  if (first !== undefined && first.kind !== 'literal') {
    report(
      diagnostic('GW4025', field.span, {
        message: 'a reference stands where the kind of the store is written',
        help: `write ${forms}; references may stand behind it, such as postgres://\${env:NAME}`,
      }),
    );
    return;
  }
  hideSpan(field.span);
  report(diagnostic('GW4025', field.span, { message: 'this is no store', help: `a store is ${forms}` }));
}
