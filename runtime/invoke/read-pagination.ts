import { isMapping } from '../../table/rules/is-mapping.ts';
import { decodeForm, readPairs } from '../validate/read-style.ts';
import { headerParameter } from '../../table/rules/media-type.ts';
import { isScalar, plainText } from './plain-text.ts';
import type { JsonObject, Pagination } from './types.ts';

/** The answer that a next page is looked for in. */
export interface PageSource {
  /** Every line of the header Link. */
  readonly links: readonly string[];
  /** Parsed JSON, or anything else. */
  readonly body: unknown;
  /** What relative URLs are read from. */
  readonly from: string;
  /** Gives path and query behind the connection's name of a URL that leads there; null for any other. */
  readonly behindConnection: (url: URL) => string | null;
  /** Names of pairs that the connection puts in: a call cannot have them. */
  readonly owned: ReadonlySet<string>;
}

/** Members of a body that say where the next page is, in the order in which they are looked at. */
const MEMBERS = [
  '@odata.nextLink',
  'next_cursor',
  'nextCursor',
  'next_page_token',
  'nextPageToken',
  'next',
  'response_metadata.next_cursor',
] as const;

/** Gives how to ask for the next page, or null where nothing says that there is one. */
export function readPagination(source: PageSource): Pagination | null {
  for (const line of source.links) {
    const target = nextOf(line);
    if (target !== null) return byUrl(target, 'link_header', source) ?? null;
  }
  const body = isMapping(source.body) ? source.body : {};
  for (const member of MEMBERS) {
    const found = byValue(valueAt(body, member), member, source);
    if (found !== null) return found;
  }
  return body['has_more'] === true ? { has_more: true, source: 'body:has_more' } : null;
}

/** RFC 8288 3: the target whose relations have `next` among them. */
function nextOf(line: string): string | null {
  for (const [, target = '', parameters = ''] of line.matchAll(/<([^<>]*)>([^<]*)/g)) {
    const relations = headerParameter(parameters, 'rel')?.toLowerCase().split(/\s+/) ?? [];
    if (relations.includes('next')) return target;
  }
  return null;
}

function valueAt(body: JsonObject, member: string): unknown {
  if (Object.hasOwn(body, member)) return body[member];
  const [outer = '', inner] = member.split('.');
  const within = Object.hasOwn(body, outer) ? body[outer] : undefined;
  return inner !== undefined && isMapping(within) && Object.hasOwn(within, inner) ? within[inner] : undefined;
}

function byValue(value: unknown, member: string, source: PageSource): Pagination | null {
  if (!isScalar(value) || value === '' || value === 0 || typeof value === 'boolean') return null;
  const text = plainText(value);
  const isUrl = /^https?:\/\//i.test(text) || (member === 'next' && text.startsWith('/'));
  const page = isUrl || member === '@odata.nextLink' ? byUrl(text, `body:${member}`, source) : null;
  return page ?? { has_more: true, next_cursor: text, source: `body:${member}` };
}

function byUrl(text: string, said: string, { from, behindConnection, owned }: PageSource): Pagination | null {
  if (!URL.canParse(text, from)) return null;
  const url = new URL(text, from);
  url.hash = '';
  const rest = behindConnection(url);
  if (rest === null) return { has_more: true, next_url: withoutOwned(url, owned), source: said };
  const [path, query] = splitQuery(rest);
  return {
    has_more: true,
    next: { path: path === '' ? '/' : path, query_params: queryOf(query, owned) },
    source: said,
  };
}

function splitQuery(rest: string): [string, string] {
  const at = rest.indexOf('?');
  return at < 0 ? [rest, ''] : [rest.slice(0, at), rest.slice(at + 1)];
}

function queryOf(query: string, owned: ReadonlySet<string>): Record<string, string | string[]> {
  const params = new Map<string, string | string[]>();
  for (const { name, raw } of readPairs(query)) {
    if (owned.has(name) || name === '') continue;
    const value = decodeForm(raw);
    const before = params.get(name);
    params.set(name, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(params);
}

function withoutOwned(url: URL, owned: ReadonlySet<string>): string {
  for (const name of owned) if (url.searchParams.has(name)) url.searchParams.delete(name);
  return url.href;
}
