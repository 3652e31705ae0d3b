import { ELEMENT, FAULTS_ENOUGH } from '../../table/validators/element-keyword.ts';
import type { ErrorObject } from '../../table/validators/open-ajv.ts';
import type { RequestFault } from '../problem.ts';

/** A fault of a value as a validator finds it. */
export type ValueFault = Pick<RequestFault, 'pointer' | 'expected'>;

/**
 * Faults that were found, the first of them told. Where there are enough, nobody looks for more: a value can have as
 * many as it has members.
 */
export interface Faults<Fault = RequestFault> {
  readonly told: readonly Fault[];
  readonly count: number;
}

export const NO_FAULTS: Faults<never> = { told: [], count: 0 };

/** Gives one fault as faults. */
export function oneFault(fault: RequestFault): Faults {
  return { told: [fault], count: 1 };
}

/** Gives faults of several places as those of one request. */
export function joinFaults(all: readonly Faults[]): Faults {
  return {
    told: all.flatMap(({ told }) => told).slice(0, FAULTS_ENOUGH),
    count: all.reduce((sum, { count }) => sum + count, 0),
  };
}

/** Gives the faults of a value as those of the place where it stands. */
export function faultsAt(at: Pick<RequestFault, 'in' | 'name'>, { told, count }: Faults<ValueFault>): Faults {
  return { told: told.map((fault) => ({ ...at, ...fault })), count };
}

/** Gives what Ajv found in a value. */
export function valueFaults(errors: readonly ErrorObject[]): Faults<ValueFault> {
  return { told: errors.slice(0, FAULTS_ENOUGH).map(valueFault), count: errors.length };
}

/** Characters of what a description allows that are told. */
const ALLOWED_CHARACTERS = 200;

/** Gives one of them in words of ours: the description's limits, never the value that broke them. */
function valueFault({ instancePath, keyword, params, schemaPath }: ErrorObject): ValueFault {
  const known = params as Record<string, unknown>;
  const inside = memberOf(keyword, known);
  return {
    pointer: inside === null ? instancePath : `${instancePath}/${escapePointer(inside)}`,
    expected: expectedBy(schemaPath.endsWith(UNWANTED_MEMBER) ? 'additionalProperties' : keyword, known),
  };
}

/** A member that is missing or not wanted is pointed at itself. */
function memberOf(keyword: string, params: Record<string, unknown>): string | null {
  const member: Record<string, unknown> = {
    required: params['missingProperty'],
    dependentRequired: params['missingProperty'],
    additionalProperties: params['additionalProperty'],
    unevaluatedProperties: params['unevaluatedProperty'],
    propertyNames: params['propertyName'],
  };
  const name = Object.hasOwn(member, keyword) ? member[keyword] : undefined;
  return typeof name === 'string' ? name : null;
}

/** Gives a name as it stands in a JSON pointer (RFC 6901 3). */
function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Where `additionalProperties: false` and the like stand in a validator. */
const UNWANTED_MEMBER = `Properties/${ELEMENT}/false schema`;

type Words = (params: Record<string, unknown>) => string;

const EXPECTED: Readonly<Record<string, Words>> = {
  type: ({ type }) => `the type ${texts(type).join(' or ')}`,
  enum: ({ allowedValues }) => `one of ${shown(allowedValues)}`,
  const: ({ allowedValue }) => shown([allowedValue]),
  required: () => 'to be there',
  dependentRequired: () => 'to be there',
  additionalProperties: () => 'no member of that name',
  unevaluatedProperties: () => 'no member of that name',
  propertyNames: () => 'another name',
  format: ({ format }) => `the format ${String(format)}`,
  pattern: ({ pattern }) => `to match ${String(pattern).slice(0, ALLOWED_CHARACTERS)}`,
  minimum: ({ limit }) => `at least ${String(limit)}`,
  maximum: ({ limit }) => `at most ${String(limit)}`,
  exclusiveMinimum: ({ limit }) => `more than ${String(limit)}`,
  exclusiveMaximum: ({ limit }) => `less than ${String(limit)}`,
  multipleOf: ({ multipleOf }) => `a multiple of ${String(multipleOf)}`,
  minLength: ({ limit }) => `at least ${String(limit)} characters`,
  maxLength: ({ limit }) => `at most ${String(limit)} characters`,
  minItems: ({ limit }) => `at least ${String(limit)} elements`,
  maxItems: ({ limit }) => `at most ${String(limit)} elements`,
  minProperties: ({ limit }) => `at least ${String(limit)} members`,
  maxProperties: ({ limit }) => `at most ${String(limit)} members`,
  uniqueItems: () => 'no element twice',
  items: ({ limit }) => `at most ${String(limit)} elements`,
  unevaluatedItems: ({ len }) => `at most ${String(len)} elements`,
  contains: ({ minContains }) => `at least ${String(minContains)} elements of the kind that is asked for`,
  anyOf: () => 'one of the alternatives',
  oneOf: () => 'exactly one of the alternatives',
  not: () => 'what is not excluded',
  if: () => 'what goes with the condition',
  'false schema': () => 'nothing',
};

function expectedBy(keyword: string, params: Record<string, unknown>): string {
  const words = Object.hasOwn(EXPECTED, keyword) ? EXPECTED[keyword] : undefined;
  return words === undefined ? `what ${keyword} of the description says` : words(params);
}

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

function shown(values: unknown): string {
  const list = (Array.isArray(values) ? values : [values]).map((value) => JSON.stringify(value)).join(', ');
  return list.length <= ALLOWED_CHARACTERS ? list : `${list.slice(0, ALLOWED_CHARACTERS)}…`;
}
