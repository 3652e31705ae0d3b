import { operationId } from '../../table/rules/operation-id.ts';
import { targetFault } from '../../table/rules/target.ts';
import { trimSlashes } from '../../table/rules/trim-slashes.ts';
import type { Operation } from '../../table/types.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import { DocumentFaults } from './document-faults.ts';
import type { ParsedDocument } from './parse-document.ts';

/** An operation with its path in the document, for faults about it. */
export interface DescribedOperation extends Operation {
  readonly pointer: readonly string[];
}

/** What is needed of a description: its operations, and the path that its server adds. */
export interface Description {
  readonly document: ParsedDocument;
  readonly operations: readonly DescribedOperation[];
  /** The path of the first server (or `basePath`), '' for none; null when it is unclear. */
  readonly serverPath: string | null;
}

/** The methods that a path item may have. TRACE is left out: the gateway never forwards it. */
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'query'];
const REFERENCES_MAX = 16;

/** Gives the operations of an OpenAPI document (2.0, 3.0, 3.1, 3.2) in its order, or null when it is none. */
export function readDescription(document: ParsedDocument, report: Report): Description | null {
  const root = document.value;
  const version = versionOf(root);
  if (version === null) {
    report(
      diagnostic('GW6002', document.locate([]), {
        message: 'this is not an OpenAPI document: it has neither `openapi` nor `swagger`',
      }),
    );
    return null;
  }
  if (!/^(?:2\.0|3\.[012]\.\d+(?:-[\w.]+)?|3\.[012])$/.test(version)) {
    report(
      diagnostic('GW6003', document.locate([member(root, 'openapi') === undefined ? 'swagger' : 'openapi']), {
        message: `OpenAPI ${quote(version)} is not read`,
        help: 'OpenAPI 2.0, 3.0, 3.1 and 3.2 are read',
      }),
    );
    return null;
  }
  const faults = new DocumentFaults(document, report);
  const operations = readPaths(document, faults);
  reportDuplicates(operations, faults);
  faults.close();
  return { document, operations, serverPath: serverPath(root) };
}

function versionOf(root: unknown): string | null {
  const version = member(root, 'openapi') ?? member(root, 'swagger');
  return typeof version === 'string' ? version : typeof version === 'number' ? version.toFixed(1) : null;
}

function readPaths(document: ParsedDocument, faults: DocumentFaults): DescribedOperation[] {
  const paths = member(document.value, 'paths');
  if (paths === undefined) return [];
  if (!isMapping(paths)) {
    faults.add((locate) => diagnostic('GW6009', locate(['paths']), { message: '`paths` is not a mapping' }));
    return [];
  }
  const operations: DescribedOperation[] = [];
  for (const [path, written] of Object.entries(paths)) {
    if (path.startsWith('x-')) continue;
    if (!path.startsWith('/')) {
      faults.add((locate) =>
        diagnostic('GW6009', locate(['paths', path]), {
          message: `the path ${quote(path)} does not begin with "/"`,
        }),
      );
      continue;
    }
    const pathItem = follow({ document, faults, path }, written);
    if (isMapping(pathItem)) operations.push(...readPathItem(path, pathItem));
  }
  return operations;
}

interface PathPlace {
  readonly document: ParsedDocument;
  readonly faults: DocumentFaults;
  readonly path: string;
}

/** Gives a path item, its `$ref` within the document followed. */
function follow(at: PathPlace, written: unknown): unknown {
  let pathItem = written;
  for (let count = 0; count < REFERENCES_MAX; count += 1) {
    const reference = member(pathItem, '$ref');
    if (typeof reference !== 'string') return pathItem;
    const target = reference.startsWith('#/') ? resolvePointer(at.document.value, reference) : undefined;
    if (target === undefined) break;
    pathItem = target;
  }
  at.faults.add((locate) =>
    diagnostic('GW6007', locate(['paths', at.path, '$ref']), {
      message: `the path item of ${quote(at.path)} refers to what is not in this document, or to itself`,
    }),
  );
  return undefined;
}

/** Follows a JSON pointer in a URI fragment (RFC 6901 6). */
function resolvePointer(root: unknown, reference: string): unknown {
  let value = root;
  for (const part of reference.slice(2).split('/')) {
    value = member(value, decodePart(part).replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return value;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function readPathItem(path: string, pathItem: object): DescribedOperation[] {
  const operations: DescribedOperation[] = [];
  for (const method of METHODS) {
    const operation = member(pathItem, method);
    if (isMapping(operation))
      operations.push(describe(operation, method.toUpperCase(), path, ['paths', path, method]));
  }
  const more = member(pathItem, 'additionalOperations');
  for (const [method, operation] of isMapping(more) ? Object.entries(more) : []) {
    if (!isMapping(operation) || !/^[A-Z][A-Z-]*$/.test(method)) continue;
    operations.push(describe(operation, method, path, ['paths', path, 'additionalOperations', method]));
  }
  return operations;
}

function describe(
  operation: object,
  method: string,
  path: string,
  pointer: readonly string[],
): DescribedOperation {
  const declared = member(operation, 'operationId');
  const summary = member(operation, 'summary');
  const tags = member(operation, 'tags');
  return {
    method,
    path,
    id: operationId(typeof declared === 'string' ? declared : null, method, path),
    summary: typeof summary === 'string' ? summary : null,
    tags: Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : [],
    pointer,
  };
}

function reportDuplicates(operations: readonly DescribedOperation[], faults: DocumentFaults): void {
  const first = new Map<string, DescribedOperation>();
  for (const operation of operations) {
    const before = first.get(operation.id);
    if (before === undefined) {
      first.set(operation.id, operation);
      continue;
    }
    faults.add((locate) =>
      diagnostic('GW6005', locate(operation.pointer), {
        message: `the operation id ${quote(operation.id)} is given twice`,
        notes: [{ message: 'it was given first here', span: locate(before.pointer) }],
      }),
    );
  }
}

/** Gives the path that stands before every template, without a trailing slash, or null when it is unclear. */
function serverPath(root: unknown): string | null {
  if (member(root, 'swagger') !== undefined) return serverUrlPath(member(root, 'basePath') ?? '');
  const servers = member(root, 'servers');
  if (servers === undefined || (Array.isArray(servers) && servers.length === 0)) return '';
  const first: unknown = Array.isArray(servers) ? servers[0] : undefined;
  const url = member(first, 'url');
  if (typeof url !== 'string') return null;
  const variables = member(first, 'variables');
  let unknown = false;
  const filled = url.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    const value = member(member(variables, name), 'default');
    if (typeof value !== 'string' && typeof value !== 'number') unknown = true;
    return String(value);
  });
  return unknown ? null : serverUrlPath(filled);
}

/** The host of a server is not used: requests go to base_url. Relative URLs count from the root. */
function serverUrlPath(url: unknown): string | null {
  if (typeof url !== 'string' || !URL.canParse(url, 'http://relative.invalid/')) return null;
  const path = trimSlashes(new URL(url, 'http://relative.invalid/').pathname);
  return isPrefix(path) ? path : null;
}

/** Tells whether a text is a path that may stand before templates: '' or absolute, without a trailing slash, and one that requests may have. */
export function isPrefix(path: string): boolean {
  return path === '' || (/^(?:\/[^/?]+)+$/.test(path) && targetFault(path) === null);
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}
