import type {
  AheadValidator,
  DescriptionEntry,
  NormalSchema,
  OperationRecord,
  SchemaNumber,
} from '../../table/operations.ts';
import type { RecordsReader } from '../../table/records/open-records.ts';
import type { Ajv2020, MadeValidator } from '../../table/validators/open-ajv.ts';
import type { ValidatorMode } from '../../table/validators/request-schema.ts';
import { loadAjv } from './load-ajv.ts';
import { NO_FAULTS, valueFaults } from './request-fault.ts';
import type { Faults, ValueFault } from './request-fault.ts';
import type { TurnQueue } from './turn-queue.ts';
import { valueShape } from './value-shape.ts';
import type { ValueShape } from './value-shape.ts';

/** Gives the faults of a value; a value in `text` mode is coerced on the way, in place. */
export type ValueCheck = (value: unknown) => Faults<ValueFault>;

/** The validators of one description, made when they are first asked for. */
export interface ValidatorSet {
  /**
   * Waits for a turn with an operation that no request had a turn with before, and reads the schemas of its parameters;
   * null where there is nothing to wait for.
   */
  begin(operation: OperationRecord): Promise<void> | null;
  check(schema: SchemaNumber, mode: ValidatorMode): Promise<ValueCheck>;
  /** What a value of a schema may be. */
  shape(schema: SchemaNumber | null): ValueShape;
  /** What a schema that stands in another may be. */
  shapeOf(schema: NormalSchema): ValueShape;
}

/** What validators are made with. */
export interface ValidatorParts {
  readonly records: RecordsReader;
  readonly queue: TurnQueue;
  /** False: validators that were made ahead are made anew. */
  readonly codegen: boolean;
}

/** Validators of one description that are kept: Ajv lets go of none by itself. */
const KEPT = 3_000;

/** Gives the validators of a description. What they throw is a TableError, where records cannot be read. */
export function validatorSet(entry: DescriptionEntry, parts: ValidatorParts): ValidatorSet {
  let made = newModes();
  const schemas = new Map<SchemaNumber, NormalSchema>();
  let ahead: Record<ValidatorMode, Ahead> | null = null;
  const schema = (number: SchemaNumber): NormalSchema => {
    const before = schemas.get(number);
    if (before !== undefined) return before;
    if (schemas.size >= KEPT) schemas.clear();
    const read = parts.records.schema(entry, number);
    schemas.set(number, read);
    return read;
  };
  const make = async (number: SchemaNumber, mode: ValidatorMode): Promise<ValueCheck> => {
    const { openAjv, compileInSteps } = await loadAjv();
    const runAhead = parts.codegen ? (await import('./run-ahead-code.ts')).runAhead : null;
    const modes = made;
    return parts.queue.add(function* () {
      if (runAhead !== null) {
        ahead ??= newAhead(parts.records.validators(entry));
        const { known, listed } = ahead[mode];
        const textOf = (one: SchemaNumber): string => parts.records.code(entry, listedAs(one, listed));
        if (listed.has(number)) return checkOf(yield* runAhead(number, known, textOf));
      }
      modes[mode].ajv ??= openAjv({ mode, ahead: false });
      yield;
      const validators = yield* compileInSteps(modes[mode].ajv, [number], { mode, schemaOf: schema });
      return checkOf(validators.get(number));
    });
  };
  const shapes = new Map<SchemaNumber, ValueShape>();
  const shapeOf = (number: SchemaNumber | null): ValueShape => {
    if (number === null) return valueShape(true, schema);
    const shape = shapes.get(number) ?? valueShape(schema(number), schema);
    if (shapes.size >= KEPT) shapes.clear();
    shapes.set(number, shape);
    return shape;
  };
  const begun = new WeakSet<OperationRecord>();
  return {
    begin: (operation) => {
      if (begun.has(operation)) return null;
      return parts.queue.add(function* () {
        for (const { schema: number } of operation.parameters) {
          shapeOf(number);
          yield;
        }
        begun.add(operation);
      });
    },
    shapeOf: (one) => valueShape(one, schema),
    shape: shapeOf,
    check: (number, mode) => {
      if (made.json.checks.size + made.text.checks.size >= KEPT) made = newModes();
      const { checks } = made[mode];
      const before = checks.get(number);
      if (before !== undefined) return before;
      const check = make(number, mode);
      checks.set(number, check);
      // What failed is tried again by the next request.
      check.catch(() => checks.delete(number));
      return check;
    },
  };
}

interface Mode {
  ajv: Ajv2020 | null;
  readonly checks: Map<SchemaNumber, Promise<ValueCheck>>;
}

function newModes(): Record<ValidatorMode, Mode> {
  return { json: { ajv: null, checks: new Map() }, text: { ajv: null, checks: new Map() } };
}

/** Validators of one mode that were made ahead: those that were run, and all that there are. */
interface Ahead {
  readonly known: Map<SchemaNumber, MadeValidator>;
  readonly listed: ReadonlyMap<SchemaNumber, AheadValidator>;
}

function newAhead(validators: readonly AheadValidator[]): Record<ValidatorMode, Ahead> {
  const ofMode = (mode: ValidatorMode): Ahead => ({
    known: new Map(),
    listed: new Map(validators.filter((one) => one.mode === mode).map((one) => [one.schema, one])),
  });
  return { json: ofMode('json'), text: ofMode('text') };
}

function listedAs(number: SchemaNumber, listed: Ahead['listed']): AheadValidator {
  const validator = listed.get(number);
  if (validator === undefined) throw new Error('a validator that was made ahead needs one that was not');
  return validator;
}

function checkOf(validate: MadeValidator | undefined): ValueCheck {
  if (validate === undefined) throw new Error('a validator that was made is not there');
  return (value) => (validate(value) ? NO_FAULTS : valueFaults(validate.errors ?? []));
}
