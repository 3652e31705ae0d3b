import { parseYaml } from '../2-parse/parse-yaml.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { ConnectionFields } from '../fields/connection-fields.ts';
import type { Field, Named } from '../fields/field.ts';
import { GATEWAY_FILE } from '../fields/gateway-fields.ts';
import type {
  CallerFields,
  GatewayFields,
  GatewayFileFields,
  PersonaFields,
} from '../fields/gateway-fields.ts';
import { readFields } from '../2-parse/read-fields.ts';
import type { FieldReader } from '../2-parse/read-scalar.ts';
import type { Source } from '../source/source.ts';
import { hideSpan } from '../source/span.ts';
import type { Declared } from './model.ts';

/** The declarations of all files of gateway.d, merged. */
export interface Declarations {
  readonly complete: boolean;
  readonly gateway: GatewayFields;
  readonly connections: readonly Declared<ConnectionFields>[];
  readonly callers: readonly Declared<CallerFields>[];
  readonly personas: readonly Declared<PersonaFields>[];
}

/** Gives the declarations of all files. A name or a gateway key of two files is a fault that shows both places. */
export function readDeclarations(files: readonly Source[], reader: FieldReader): Declarations {
  const parsed = files.map((source) => parseYaml(source, reader.report));
  let complete = parsed.every((one) => !one.broken);
  const read = parsed.flatMap(({ root }) => {
    const fields = root === null ? undefined : readFields(root, GATEWAY_FILE, reader);
    if (root !== null && fields === undefined) complete = false;
    return fields === undefined ? [] : [fields];
  });
  return {
    complete: complete && read.every(isWhole),
    gateway: mergeGateway(read, reader.report),
    connections: mergeSection(
      read,
      { section: 'connection', pick: (file) => file.connections?.value },
      reader.report,
    ),
    callers: mergeSection(read, { section: 'caller', pick: (file) => file.callers?.value }, reader.report),
    personas: mergeSection(read, { section: 'persona', pick: (file) => file.personas?.value }, reader.report),
  };
}

/** Tells whether every declaration of a file could be read, so that no name is missing because of a fault. */
function isWhole(file: GatewayFileFields): boolean {
  return [file.connections, file.callers, file.personas].every((section) => {
    if (section === undefined) return true;
    return (
      section.value !== undefined && [...section.value.values()].every((field) => field.value !== undefined)
    );
  });
}

function mergeGateway(files: readonly GatewayFileFields[], report: Report): GatewayFields {
  const merged: Record<string, Field<unknown>> = {};
  for (const file of files) {
    for (const [key, field] of Object.entries(file.gateway?.value ?? {})) {
      const before = merged[key];
      if (before === undefined) {
        merged[key] = field;
        continue;
      }
      report(
        diagnostic('GW3002', field.key, {
          message: `the gateway key ${quote(key)} is given in two files`,
          notes: [{ message: 'it was given first here', span: before.key }],
        }),
      );
    }
  }
  return merged;
}

interface Section<T> {
  readonly section: string;
  readonly pick: (file: GatewayFileFields) => Named<T> | undefined;
}

function mergeSection<T>(
  files: readonly GatewayFileFields[],
  { section, pick }: Section<T>,
  report: Report,
): Declared<T>[] {
  const merged = new Map<string, Declared<T>>();
  for (const file of files) {
    for (const [name, field] of pick(file) ?? []) {
      const before = merged.get(name);
      if (before !== undefined) {
        hideSpan(field.span);
        report(
          diagnostic('GW3001', field.key, {
            message: `the ${section} ${quote(name)} is declared twice`,
            notes: [{ message: 'it was declared first here', span: before.key }],
          }),
        );
      } else if (field.value !== undefined) {
        merged.set(name, { name, key: field.key, fields: field.value });
      }
    }
  }
  return [...merged.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
