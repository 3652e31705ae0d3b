import type { DescriptionRecords, OperationRecord } from '../../../table/operations.ts';
import { operationId } from '../../../table/rules/operation-id.ts';
import { quote } from '../../diagnostic/quote.ts';
import type { Dialect } from './dialect.ts';
import type { DocumentFaults } from './document-faults.ts';
import type { DocumentSet } from './document-set.ts';
import { DroppedKeywords } from './dropped-keywords.ts';
import { breakEndlessSchemas } from './endless-schemas.ts';
import { normaliseAll } from './normal-schema.ts';
import { reportAmbiguous } from './ambiguous-templates.ts';
import { withoutElsewhere } from './operations-elsewhere.ts';
import { readPaths } from './read-paths.ts';
import type { PlacedOperation } from './read-paths.ts';
import type { Reader } from './reader.ts';
import { SchemaPool } from './schema-pool.ts';
import { serverPath } from './server-path.ts';
import { own, textOr, trailAt } from './trail.ts';
import type { Trail } from './trail.ts';
import type { ParsedDocument } from '../parse-document.ts';

/** What a description comes to, before places are looked up. */
export interface DescriptionRead {
  readonly dialect: Dialect;
  readonly records: DescriptionRecords;
  /** The path of the first server (or `basePath`), '' for none; null when it is unclear. */
  readonly serverPath: string | null;
  /** Where the server stands. */
  readonly serverAt: Trail;
}

/** Gives the operations and schemas of an OpenAPI description (2.0, 3.0, 3.1, 3.2), or null when the root is none. */
export function readDescription(
  set: DocumentSet,
  root: ParsedDocument,
  faults: DocumentFaults,
): DescriptionRead | null {
  const dialect = readDialect(root, faults);
  if (dialect === null) return null;
  const dropped = new DroppedKeywords();
  const schemas = new SchemaPool(mentionsReadOnly(root));
  const reader: Reader = { set, root, dialect, faults, dropped, schemas };
  const placed = withoutElsewhere(readPaths(reader), faults);
  const operations = withUniqueIds(placed, faults);
  reportAmbiguous(placed, faults);
  normaliseAll(reader);
  breakEndlessSchemas(schemas.schemas, dropped);
  dropped.report(faults);
  const info = own(root.value, 'info');
  return {
    dialect,
    records: {
      title: textOr(own(info, 'title')),
      summary: textOr(own(info, 'summary')),
      operations,
      schemas: schemas.finish(),
    },
    serverPath: serverPath(root.value),
    serverAt: trailAt(root, [dialect === '2.0' ? 'basePath' : 'servers']),
  };
}

/** Requests and responses differ only by what is read-only. Files that are referred to are not read yet: they may have it. */
function mentionsReadOnly({ source: { text } }: ParsedDocument): boolean {
  return text.includes('readOnly') || /\$ref["']?\s*:\s*["']?[^#"'\s]/.test(text);
}

function readDialect(root: ParsedDocument, faults: DocumentFaults): Dialect | null {
  const key = own(root.value, 'openapi') === undefined ? 'swagger' : 'openapi';
  const written = own(root.value, key);
  if (written === undefined) {
    const message = 'this is not an OpenAPI document: it has neither `openapi` nor `swagger`';
    faults.add({ code: 'GW6002', at: trailAt(root, []), message });
    return null;
  }
  const at = trailAt(root, [key]);
  const help = 'swagger "2.0" is read, and openapi "3.0", "3.1" and "3.2"';
  if (typeof written !== 'string' && typeof written !== 'number') {
    faults.add({ code: 'GW6003', at, message: `\`${key}\` is not a version`, help });
    return null;
  }
  const version = typeof written === 'number' ? written.toFixed(1) : written;
  const dialect = /^(?:2\.0$|3\.[012](?=$|\.\d+(?:-[\w.]+)?$))/.exec(version)?.[0];
  if (dialect === undefined || (dialect === '2.0') !== (key === 'swagger')) {
    faults.add({ code: 'GW6003', at, message: `${key} ${quote(version)} is not read`, help });
    return null;
  }
  if (typeof written === 'number') {
    const message = `the version is written as a number, and read as "${version}"`;
    faults.add({ code: 'GW6003', at, message, severity: 'warning', help: `write ${key}: "${version}"` });
  }
  return dialect as Dialect;
}

/** An id that is given twice is a fault; where that is let pass, the second operation goes by its method and path. */
function withUniqueIds(placed: readonly PlacedOperation[], faults: DocumentFaults): OperationRecord[] {
  const first = new Map<string, Trail>();
  return placed.map(({ record, at }) => {
    const before = first.get(record.id);
    if (before === undefined) {
      first.set(record.id, at);
      return record;
    }
    faults.add({
      code: 'GW6005',
      at,
      message: `the operation id ${quote(record.id)} is given twice`,
      notes: [{ message: 'it was given first here', at: before }],
    });
    return { ...record, id: operationId(null, record.method, record.path) };
  });
}
