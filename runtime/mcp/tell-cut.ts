import type { OperationRecord, SchemaNumber } from '../../table/operations.ts';
import type { Detail } from './operation-view.ts';
import type { SCHEMA_PARTS } from './tool-definitions.ts';

/** Numbers of left out schemas that are told. */
const FAR_SHOWN = 12;

/** What was left out of what is written of an operation, beside what its detail says. */
export interface Cut {
  /** The part that was asked for; null: all. */
  readonly part: (typeof SCHEMA_PARTS)[number] | null;
  /** Schemas that are left out for their distance. */
  readonly far: readonly SchemaNumber[];
  /** Whether there are examples to leave out. */
  readonly examples: boolean;
  /** Characters of the operation's own description. */
  readonly proseMax: number;
  /** Schemas end at a depth, and are nowhere wide. */
  readonly isPruned: boolean;
}

/** Tells as `cut` what was left out and the argument that gives it; nothing where all is there. */
export function cutOf(
  record: OperationRecord,
  detail: Detail,
  { part, far, examples, proseMax, isPruned }: Cut,
): { cut?: readonly string[] } {
  const told: string[] = [];
  const hasResponses = record.responses.some(({ content, headers }) => content.length + headers.length > 0);
  if (!detail.responseSchemas && detail.parts.has('responses') && hasResponses)
    told.push('schemas of responses: ask with part "responses"');
  if (!detail.examples && examples) {
    const how = part === null ? 'ask with part "request_body" or "parameters"' : 'too large to be told';
    told.push(`examples: ${how}`);
  }
  told.push(...farTold(far));
  const rest = part === null ? 'ask with part, one at a time' : 'too large to be told';
  if (isPruned) told.push(`schemas where it says cut: ${rest}`);
  if (hasLongDescription(record, detail)) told.push(`long descriptions: ${rest}`);
  if (part === null && (record.description ?? '').length > proseMax)
    told.push(`description: the first ${proseMax} of ${record.description?.length} characters`);
  return told.length === 0 ? {} : { cut: told };
}

/** Tells of schemas that are left out and told when they are asked for by their numbers; one text or none. */
export function farTold(far: readonly SchemaNumber[]): readonly string[] {
  if (far.length === 0) return [];
  const names = far.slice(0, FAR_SHOWN).map((number) => `#/schemas/${number}`);
  const more = far.length - names.length;
  return [`${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}: ask with schema, by number`];
}

function hasLongDescription(
  { parameters, request_body, responses }: OperationRecord,
  { parts, descriptionMax }: Detail,
): boolean {
  const texts = [
    ...(parts.has('parameters') ? parameters.map((one) => one.description) : []),
    ...(parts.has('request_body') && request_body !== null ? [request_body.description] : []),
    ...(parts.has('responses') ? responses.map((one) => one.description) : []),
  ];
  return texts.some((text) => (text ?? '').length > descriptionMax);
}
