import { isIP } from 'node:net';
import { inBlocks, refusedAddress } from '../../table/rules/address-ranges.ts';
import { encodeSegment, isSegment } from '../../table/rules/encode-segment.ts';
import { splitUrlText } from '../../table/rules/fill-url.ts';
import { headerValueFault } from '../../table/rules/header-syntax.ts';
import { isPublicHost } from '../../table/rules/is-public-host.ts';
import { HALF_PAIR } from '../../table/rules/parameter-name.ts';
import { placeDestination, WHOLE_HOST_FAULT } from '../../table/rules/place-destination.ts';
import type { PlacedDestination, PlaceFault } from '../../table/rules/place-destination.ts';
import { fillVariables, variablesIn } from '../../table/rules/variable-text.ts';
import { isPathPrefix } from '../../table/rules/path-prefix.ts';
import { catalogDestination } from '../3-resolve/catalog-destination.ts';
import type { ConnectionModel } from '../3-resolve/model.ts';
import { namesIn } from '../3-resolve/variables.ts';
import type { UsedText, VariableModel } from '../3-resolve/variables.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Span } from '../source/span.ts';

/** A text of a connection's catalog, and the variables that may stand in it. */
export interface FilledText {
  readonly connection: ConnectionModel;
  readonly used: UsedText;
  readonly known: ReadonlyMap<string, VariableModel>;
}

/** Reports values that are known and do not fit where they stand. What is not known yet stands for anything that fits. */
export function checkFit(text: FilledText, report: Report): void {
  const { part } = text.used;
  if (part === 'destination' || part === 'sign-in') checkDestination(text, part, report);
  else checkText(text, part, report);
}

const STAND_IN = 'x';

/** A value that is known, and where it was written. */
interface KnownValue {
  readonly name: string;
  readonly text: string;
  readonly at: Span;
}

/** What a text with its values filled in must be, and the rest of a sentence about a value with which it is not. */
const PARTS: Readonly<
  Record<
    Exclude<UsedText['part'], 'destination' | 'sign-in'>,
    { readonly takes: (filled: string) => boolean; readonly fault: string }
  >
> = {
  header: { takes: (filled) => headerValueFault(filled) === null, fault: 'cannot stand in a header' },
  query: { takes: (filled) => !HALF_PAIR.test(filled), fault: 'cannot stand in a query' },
  replaced: { takes: isSegment, fault: 'cannot be a segment of a path' },
  path: { takes: isPathPrefix, fault: 'cannot be a segment of a path' },
};

/** Values are judged in their text: a space may stand within a header and not at its end, a dot beside a letter and not alone. */
function checkText({ connection, used, known }: FilledText, part: keyof typeof PARTS, report: Report): void {
  const names = namesIn(used.field.value ?? '');
  const values = new Map(
    names.flatMap((name) => {
      const value = valueOf(name, connection, known);
      return value === null ? [] : [[name, value] as const];
    }),
  );
  const [first] = values.values();
  if (first === undefined || names.some((name) => isLeftOut(known.get(name)))) return;
  const { takes, fault } = PARTS[part];
  const filled = fillVariables(used.field.value ?? '', (name) => {
    const value = values.get(name)?.text ?? STAND_IN;
    return part === 'path' ? encodeSegment(value) : value;
  });
  const alone = [...values.values()].find(({ text }) =>
    part === 'path' ? !isSegment(text) : text !== '' && !takes(text),
  );
  if (takes(filled) && !(part === 'path' && alone !== undefined)) return;
  reportUnfit(alone ?? first, fault, used, report);
}

function valueOf(name: string, { fields }: ConnectionModel, known: FilledText['known']): KnownValue | null {
  const variable = known.get(name);
  if (variable !== undefined) return knownValue(variable);
  const { username } = fields;
  return name === 'username' && username?.value?.kind === 'literal'
    ? { name, text: username.value.text, at: username.span }
    : null;
}

function knownValue({ name, known, given, declared }: VariableModel): KnownValue | null {
  if (known === null) return null;
  return { name, text: known, at: given?.span ?? declared.value?.default?.span ?? declared.key };
}

/** One that is optional and has no value: then the text is not sent. */
function isLeftOut(variable: VariableModel | undefined): boolean {
  return variable !== undefined && variable.given === null && !variable.brought && variable.known === null;
}

function checkDestination(text: FilledText, part: 'destination' | 'sign-in', report: Report): void {
  const { connection, used, known } = text;
  const written = used.field.value ?? '';
  if (namesIn(written).length === 0) return;
  const template = catalogDestination(written, () => null);
  const placed =
    part === 'destination'
      ? placeDestination(template, (name) => known.get(name)?.known ?? STAND_IN)
      : placeSignIn(written, known);
  if ('fault' in placed) {
    const variable = placed.variable === null ? undefined : known.get(placed.variable);
    const value = variable === undefined ? null : knownValue(variable);
    if (value !== null) reportUnfit(value, placed.fault, used, report);
    else
      report(
        diagnostic('GW4032', connection.key, {
          message: `the variables of ${quote(connection.name)} ${placed.fault}`,
          notes: [{ message: 'they are used here', span: used.field.span }],
        }),
      );
    return;
  }
  if (template.guarded) {
    checkAddress(text, placed, report);
    checkPlainHttp(text, placed, report);
  }
}

/** The path of a URL of OAuth may end in a slash, and a query may follow. */
function placeSignIn(written: string, known: FilledText['known']): PlacedDestination | PlaceFault {
  const { origin } = catalogDestination(written, () => null);
  const unfit = namesIn(splitUrlText(written).rest).find((name) => {
    const value = known.get(name)?.known ?? null;
    return value !== null && !isSegment(value);
  });
  if (unfit !== undefined) return { variable: unfit, fault: 'cannot be a segment of a path' };
  return placeDestination({ origin, base_path: '' }, (name) => known.get(name)?.known ?? STAND_IN);
}

function checkAddress({ connection, used }: FilledText, { host }: PlacedDestination, report: Report): void {
  const allowed = (connection.fields.allow_private?.value ?? []).flatMap((block) => block.value ?? []);
  const why = isIP(host) === 0 || inBlocks(host, allowed) ? null : refusedAddress(host);
  if (why === null) return;
  report(
    diagnostic('GW4033', connection.fields.variables?.span ?? connection.key, {
      message: `requests would go to ${host}, which is not public (${why})`,
      notes: [{ message: 'the host is made here', span: used.field.span }],
      help: 'if that is meant, name its block in `allow_private`',
    }),
  );
}

/** A host that only a secret or an account tells cannot be judged here, and is taken for public. */
function checkPlainHttp(text: FilledText, { host, origin }: PlacedDestination, report: Report): void {
  const { connection, used, known } = text;
  const template = catalogDestination(used.field.value ?? '', () => null);
  const whatever = placeDestination({ ...template, base_path: '' }, () => STAND_IN);
  // One that is public whatever the value was reported where it stands.
  const isTold = variablesIn(template.origin).every((name) => {
    const variable = known.get(name);
    // One that is missing is reported as that.
    return variable === undefined || variable.known !== null || isLeftOut(variable);
  });
  if (!origin.startsWith('http:') || (isTold && !isPublicHost(host))) return;
  if ('host' in whatever && isPublicHost(whatever.host)) return;
  // Identity providers inside a network are often http: no more than a warning there.
  report(
    diagnostic('GW4003', connection.fields.variables?.span ?? connection.key, {
      ...(used.part === 'sign-in' ? { severity: 'warning' as const } : {}),
      message: isTold
        ? `${quote(host)} is a public host, called over plain http`
        : 'a host that is not written out is called over plain http',
      notes: [{ message: 'the host is made here', span: used.field.span }],
      help: 'use https; plain http is for loopback, private addresses and internal names',
    }),
  );
}

function reportUnfit({ name, at }: KnownValue, fault: string, { field }: UsedText, report: Report): void {
  report(
    diagnostic('GW4032', at, {
      message: `the value of ${quote(name)} ${fault}`,
      notes: [{ message: 'it is used here', span: field.span }],
      help:
        fault === WHOLE_HOST_FAULT
          ? 'write it without scheme and path, such as `shop.example.com`; a port may follow, letters beyond ASCII are written as `xn--…`'
          : null,
    }),
  );
}
