import { readBaseUrl } from '../../table/rules/base-url.ts';
import { readListenAddress } from '../../table/rules/listen-address.ts';
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
  checkStore(gateway.store, isStoreUrl, '`sqlite:PATH` or postgres://...', report);
  checkStore(
    gateway.rate_limit?.value?.store,
    (url) => /^(?:memory|rediss?:\/\/[^/].*)$/.test(url),
    '`memory`, redis://... or rediss://...',
    report,
  );
  checkLimitStore(gateway.rate_limit?.value?.store, report);
  checkAudit(gateway.audit?.value, report);
};

/** A promise that nothing is sent unrecorded needs a place where a record stays. */
function checkAudit(audit: Fields<AuditKeys> | undefined, report: Report): void {
  const mode = audit?.mode;
  if (audit === undefined || mode?.value !== 'sync') return;
  const sink = audit.sink?.value ?? 'store';
  const toFile = sink === 'jsonl' || sink === 'both';
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
          : '`listen` and `control` share a port, and one of them is every address',
      notes:
        control !== undefined && listen !== undefined
          ? [{ message: '`listen` is given here', span: listen.span }]
          : [],
    }),
  );
}

/** Tells whether two hosts cannot both listen on one port. */
function overlap(one: string, other: string): boolean {
  return one === other || [one, other].some((host) => host === '0.0.0.0' || host === '::');
}

function checkUrl(name: string, field: Field<string> | undefined, report: Report): void {
  if (field?.value === undefined) return;
  const url = readBaseUrl(field.value);
  if (!('fault' in url)) return;
  if (/[@?#]/.test(field.value)) hideSpan(field.span);
  report(
    diagnostic('GW4024', field.span, {
      message: `${quote(name)} ${url.fault}`,
      help: 'write an absolute http or https URL without user name, query or fragment',
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
  hideSpan(field.span);
  report(diagnostic('GW4025', field.span, { message: 'this is no store', help: `a store is ${forms}` }));
}
