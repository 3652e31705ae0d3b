import { posix } from 'node:path';
import { isMapping } from '../../../table/rules/is-mapping.ts';
import { quote } from '../../diagnostic/quote.ts';
import type { ParsedDocument } from '../parse-document.ts';
import type { DocumentSet } from './document-set.ts';
import { own, step, trailAt } from './trail.ts';
import type { Placed, Trail } from './trail.ts';

/** Why a reference leads nowhere. `broken`: the file that it leads to has faults of its own, which were reported. */
export type ReferenceFault = 'leaves' | 'missing_file' | 'missing' | 'broken' | 'circular';

export type Referenced = Placed | { readonly fault: ReferenceFault };

const HOPS_MAX = 100;

/** Gives what is wrong with a reference, for people; null where that was reported in the file that it leads to. */
export function referenceFault(reference: string, fault: ReferenceFault): string | null {
  const name = quote(reference);
  switch (fault) {
    case 'leaves':
      return `${name} leads out of the catalog's folder and was not opened`;
    case 'missing_file':
      return `the file of ${name} cannot be read`;
    case 'missing':
      return `${name} refers to nothing`;
    case 'circular':
      return `${name} leads back to itself`;
    case 'broken':
      return null;
  }
}

/**
 * Gives what a `$ref` (RFC 3986 4.1, RFC 6901 6) refers to, in the same file or in another one of the folder.
 * Anything with a scheme or an authority, an absolute path, and a path that leads out of the folder is not opened.
 */
export function resolveReference(set: DocumentSet, at: Trail, reference: string): Referenced {
  const known = set.referencesIn(at.document);
  const before = known.get(reference);
  // What led here differs from one use to the next, where it leads does not.
  if (before !== undefined) return { value: before.value, at: { ...before.at, via: at } };
  const found = resolveAnew(set, at, reference);
  // Behind another reference, that one is a part of what led there.
  if (!('fault' in found) && found.at.via === at) known.set(reference, found);
  return found;
}

function resolveAnew(set: DocumentSet, at: Trail, reference: string): Referenced {
  const hash = reference.indexOf('#');
  const uri = hash < 0 ? reference : reference.slice(0, hash);
  const fragment = hash < 0 ? '' : decode(reference.slice(hash + 1));
  const document = documentOf(set, at.document, uri);
  if ('fault' in document) return document;
  if (fragment === '') return { value: document.value, at: trailAt(document, [], at) };
  if (!fragment.startsWith('/')) return findAnchor(document, fragment, at);
  const keys = fragment.slice(1).split('/').map(unescapeKey);
  return followPath(set, { value: document.value, at: trailAt(document, [], at) }, keys);
}

/** Gives a value, `$ref`s that stand in its place followed to the end. */
export function follow(set: DocumentSet, placed: Placed): Referenced {
  let here = placed;
  for (let hops = 0; hops < HOPS_MAX; hops += 1) {
    const reference = own(here.value, '$ref');
    if (typeof reference !== 'string') return here;
    const next = resolveReference(set, step(here.at, '$ref'), reference);
    if ('fault' in next) return next;
    here = next;
  }
  return { fault: 'circular' };
}

function documentOf(
  set: DocumentSet,
  from: ParsedDocument,
  uri: string,
): ParsedDocument | { readonly fault: ReferenceFault } {
  // OpenAPI 3.2 lets a document say by which URI it is referred to.
  if (uri === '' || uri === own(from.value, '$self')) return from;
  const path = decode(uri);
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(path) || /^[/\\]/.test(path) || path.includes('\0')) {
    return { fault: 'leaves' };
  }
  const joined = posix.join(posix.dirname(from.path), path.replaceAll('\\', '/'));
  if (joined === '..' || joined.startsWith('../')) return { fault: 'leaves' };
  const file = set.load(joined);
  if (file.document !== null) return file.document;
  if (file.fault === 'leaves_folder') return { fault: 'leaves' };
  return { fault: file.fault === null ? 'broken' : 'missing_file' };
}

/** Some documents point through a `$ref` at what stands behind it: that is followed too. */
function followPath(set: DocumentSet, root: Placed, keys: readonly string[]): Referenced {
  let here = root;
  for (const [index, key] of keys.entries()) {
    const next = own(here.value, key);
    if (next !== undefined) {
      here = { value: next, at: step(here.at, key) };
      continue;
    }
    if (typeof own(here.value, '$ref') !== 'string' || index > HOPS_MAX) return { fault: 'missing' };
    const behind = follow(set, here);
    if ('fault' in behind) return behind;
    const member = own(behind.value, key);
    if (member === undefined) return { fault: 'missing' };
    here = { value: member, at: step(behind.at, key) };
  }
  return here;
}

/** Finds `$anchor` or `$dynamicAnchor` (JSON Schema 2020-12, 8.2.2). */
function findAnchor(document: ParsedDocument, name: string, via: Trail): Referenced {
  const stack: Placed[] = [{ value: document.value, at: trailAt(document, [], via) }];
  const seen = new Set<unknown>();
  for (let here = stack.pop(); here !== undefined; here = stack.pop()) {
    const { value, at } = here;
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (own(value, '$anchor') === name || own(value, '$dynamicAnchor') === name) return here;
    if (isMapping(value) || Array.isArray(value)) {
      for (const [key, member] of Object.entries(value)) stack.push({ value: member, at: step(at, key) });
    }
  }
  return { fault: 'missing' };
}

function unescapeKey(key: string): string {
  return key.includes('~') ? key.replaceAll('~1', '/').replaceAll('~0', '~') : key;
}

function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
