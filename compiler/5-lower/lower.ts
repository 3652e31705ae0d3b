import { byCodeUnit } from '../../table/rules/by-code-unit.ts';
import { TABLE_FORMAT } from '../../table/types.ts';
import type { AccessPlan, Caller, Persona, Table } from '../../table/types.ts';
import type { CompileCache } from '../1-read/compile-cache.ts';
import type { Declared, Model } from '../3-resolve/model.ts';
import type { CallerFields, PersonaFields } from '../fields/gateway-fields.ts';
import { placeOf } from '../source/span.ts';
import { lowerAccess } from './lower-access.ts';
import { lowerConnection } from './lower-connection.ts';
import { lowerDescriptions } from './lower-descriptions.ts';
import { lowerGateway } from './lower-gateway.ts';
import { lowerSecret } from './values.ts';

/** A table, and the file of the operation records that it vouches for. */
export interface Lowered {
  readonly table: Table;
  readonly records: Buffer;
}

/** Gives the table of a model in which nothing is faulty. Defaults are filled in this phase and nowhere else. */
export async function lower(model: Model, cache: CompileCache | null): Promise<Lowered> {
  const descriptions = await lowerDescriptions(model.connections, cache);
  const connections = model.connections.map((connection) =>
    lowerConnection(connection, descriptions.indexOf),
  );
  const plans = new AccessPlans(model);
  const callers = model.callers.map((caller) => lowerCaller(caller, plans));
  const table: Table = {
    format: TABLE_FORMAT,
    gateway: lowerGateway(model.gateway),
    connections,
    callers,
    personas: model.personas.map(lowerPersona),
    access: plans.all,
    descriptions: descriptions.entries,
    records: descriptions.records.file,
  };
  return { table, records: descriptions.records.bytes };
}

/** The access plans made so far: one for each distinct set of personas. */
class AccessPlans {
  readonly all: AccessPlan[] = [];
  readonly #model: Model;
  readonly #indexes = new Map<string, number>();

  constructor(model: Model) {
    this.#model = model;
  }

  indexOf(personas: readonly string[]): number {
    const key = JSON.stringify(personas);
    const before = this.#indexes.get(key);
    if (before !== undefined) return before;
    const connections = this.#model.connections.map((connection) => connection.name);
    this.all.push(lowerAccess(personas, this.#model.personas, connections));
    this.#indexes.set(key, this.all.length - 1);
    return this.all.length - 1;
  }
}

function lowerCaller({ name, key, fields }: Declared<CallerFields>, plans: AccessPlans): Caller {
  const named = (fields.personas?.value ?? []).flatMap((persona) => persona.value ?? []);
  const personas = [...new Set(named)].sort(byCodeUnit);
  const digest = fields.key_sha256?.value;
  return {
    name,
    at: placeOf(key),
    account: fields.account?.value ?? name,
    admin: fields.admin?.value ?? false,
    key: digest === undefined ? { secret: lowerSecret(fields.key) } : { sha256: digest.toLowerCase() },
    personas,
    access: plans.indexOf(personas),
  };
}

function lowerPersona({ name, key, fields }: Declared<PersonaFields>): Persona {
  const tools = fields.tools?.value;
  const texts = (list: readonly { readonly value: string | undefined }[] | undefined): string[] =>
    (list ?? []).flatMap((element) => element.value ?? []);
  return {
    name,
    at: placeOf(key),
    tools: { allow: texts(tools?.allow?.value), deny: texts(tools?.deny?.value) },
    grants: fields.grants?.value ?? 'use',
  };
}
