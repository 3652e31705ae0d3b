import type { Declared } from '../3-resolve/model.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { CallerFields, PersonaFields } from '../fields/gateway-fields.ts';
import type { Span } from '../source/span.ts';
import { hideSpan } from '../source/span.ts';
import type { Rule } from './rule.ts';

/** Every caller has exactly one key, no two the same, and a persona unless it is an operator. */
export const callers: Rule = (model, report) => {
  const seen = new Map<string, Span>();
  const personas = new Map(model.personas.map(({ name, fields }) => [name, fields]));
  for (const caller of model.callers) {
    checkPersonas(caller, report);
    checkUse(caller, personas, report);
    checkKey(caller, report);
    const same = sameness(caller.fields);
    if (same === null) continue;
    const before = seen.get(same.key);
    if (before === undefined) {
      seen.set(same.key, same.span);
      continue;
    }
    report(
      diagnostic('GW5004', same.span, {
        message: `the caller ${quote(caller.name)} has the key of another caller`,
        notes: [{ message: 'the key was given first here', span: before }],
      }),
    );
  }
};

function checkPersonas({ name, key, fields }: Declared<CallerFields>, report: Report): void {
  if (fields.admin?.value === true) return;
  if (
    fields.personas !== undefined &&
    (fields.personas.value === undefined || fields.personas.value.length > 0)
  )
    return;
  report(
    diagnostic('GW5001', fields.personas?.key ?? key, {
      message: `the caller ${quote(name)} has no persona, so it may use nothing`,
      help: 'add `personas: [...]`, or `admin: true` for an operator',
    }),
  );
}

/** Who manages grants or uses tools does so on connections that a persona gives. */
function checkUse(
  { name, fields }: Declared<CallerFields>,
  personas: ReadonlyMap<string, PersonaFields>,
  report: Report,
): void {
  const named = fields.personas?.value ?? [];
  if (fields.personas === undefined || named.length === 0 || fields.admin?.value === true) return;
  const givesNone = ({ value }: { readonly value: string | undefined }): boolean => {
    const persona = personas.get(value ?? '');
    // What is faulty or unknown was reported, and could give some.
    if (persona === undefined) return false;
    const { connections } = persona;
    if (connections === undefined) return true;
    const allow = connections.value?.allow;
    return connections.value !== undefined && (allow === undefined || allow.value?.length === 0);
  };
  if (!named.every(givesNone)) return;
  report(
    diagnostic('GW5001', fields.personas.key, {
      message: `the personas of the caller ${quote(name)} allow no connection, so it may use nothing`,
      help: 'add `connections: { allow: [...] }` to one of them',
    }),
  );
}

function checkKey({ name, key, fields }: Declared<CallerFields>, report: Report): void {
  if ((fields.key === undefined) === (fields.key_sha256 === undefined)) {
    const both = fields.key !== undefined;
    report(
      diagnostic('GW5002', fields.key_sha256?.key ?? key, {
        message: `the caller ${quote(name)} has ${both ? 'two keys' : 'no key'}`,
        help: 'give `key_sha256`, or `key` with a reference; `gw key create NAME` makes one',
      }),
    );
  }
  const digest = fields.key_sha256;
  if (digest?.value === undefined || /^[0-9a-fA-F]{64}$/.test(digest.value)) return;
  // Often the key itself is pasted here.
  hideSpan(digest.span);
  report(
    diagnostic('GW5003', digest.span, {
      message: '`key_sha256` takes the SHA-256 of the key in 64 hex digits',
      help: '`gw key create NAME` prints a key and the line for this file',
    }),
  );
}

/** What is the same in two callers with one key: the digest, or the reference. */
function sameness({ key, key_sha256: digest }: CallerFields): { key: string; span: Span } | null {
  if (digest?.value !== undefined) return { key: `sha256:${digest.value.toLowerCase()}`, span: digest.span };
  if (key?.value === undefined) return null;
  return { key: `${key.value.kind}:${key.value.text}`, span: key.span };
}
