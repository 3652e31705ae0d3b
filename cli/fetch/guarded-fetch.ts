import type { LookupFunction } from 'node:net';
import { Client, errors } from 'undici';
import { checkedAddresses } from '../../table/rules/checked-addresses.ts';
import type { Resolve } from '../../table/rules/checked-addresses.ts';
import { answerLookup, systemResolve } from '../../runtime/6-forward/network.ts';

const REDIRECTS_MAX = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const CONNECT_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 30_000;
const TOTAL_TIMEOUT_MS = 300_000;
/** Largest document that is fetched. */
export const FETCHED_MAX_BYTES: number = 50 * 1024 * 1024;

/** How something is fetched; the last three are for tests and for networks of one's own. */
export interface FetchOptions {
  /** What an earlier answer was marked with: where it still holds, nothing is sent again (RFC 9110 13.1). */
  readonly known?: Marks;
  readonly maxBytes?: number;
  /** Address blocks (CIDR) beside the public internet. */
  readonly allowed?: readonly string[];
  readonly resolve?: Resolve;
  /** A certificate authority (PEM) in place of the system's. */
  readonly ca?: string;
}

/** The validators of an answer (RFC 9110 8.8). */
export interface Marks {
  readonly etag: string | null;
  readonly last_modified: string | null;
}

export type Fetched =
  | { readonly kind: 'fetched'; readonly bytes: Uint8Array; readonly marks: Marks; readonly url: string }
  | { readonly kind: 'unchanged' }
  /** `why` is for people; nothing that was received is in it. */
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Gives what is at an https URL, or why it is not fetched. Every host, and that of each redirect, is resolved
 * once, every address of it is checked, and only those are connected to: a second answer of the resolver
 * cannot lead elsewhere. Environment variables that name a proxy are not followed, since behind one nothing
 * could be checked.
 */
export async function guardedFetch(written: string, options: FetchOptions = {}): Promise<Fetched> {
  const deadline = AbortSignal.timeout(TOTAL_TIMEOUT_MS);
  let url = readUrl(written);
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
    if ('why' in url) return url;
    const answer = await fetchOnce(url, options, deadline);
    if (!('location' in answer)) return answer;
    url = readUrl(answer.location, url);
  }
  return refused(`${written} redirects more than ${REDIRECTS_MAX} times`);
}

function refused(why: string): Fetched & { readonly kind: 'refused' } {
  return { kind: 'refused', why };
}

function readUrl(written: string, from?: URL): URL | (Fetched & { readonly kind: 'refused' }) {
  const shown = JSON.stringify(written.slice(0, 200));
  const whose = from === undefined ? shown : `${from.href} redirects to ${shown}, which`;
  if (!URL.canParse(written, from?.href)) return refused(`${whose} is not a URL`);
  const url = new URL(written, from);
  // A password would be shown with the URL and stored in catalog.yaml.
  if (url.username !== '' || url.password !== '')
    return refused('a URL that is fetched holds no credentials');
  if (url.protocol !== 'https:') return refused(`${whose} is not an https URL`);
  url.hash = '';
  return url;
}

type Answer = Fetched | { readonly location: string };

async function fetchOnce(url: URL, options: FetchOptions, deadline: AbortSignal): Promise<Answer> {
  const { resolve = systemResolve, allowed = [], ca, known } = options;
  const addresses = await addressesOf(url.hostname, resolve, allowed);
  if ('kind' in addresses) return addresses;
  const client = new Client(url.origin, {
    connect: {
      timeout: CONNECT_TIMEOUT_MS,
      lookup: answering(addresses),
      ...(ca === undefined ? {} : { ca }),
    },
    headersTimeout: IDLE_TIMEOUT_MS,
    bodyTimeout: IDLE_TIMEOUT_MS,
  });
  try {
    const response = await client.request({
      method: 'GET',
      path: url.pathname + url.search,
      headers: requestHeaders(known),
      signal: deadline,
    });
    return await readAnswer(url, response, options.maxBytes ?? FETCHED_MAX_BYTES);
  } catch (error) {
    return refused(`${url.href} cannot be fetched: ${reasonOf(error)}`);
  } finally {
    await client.destroy();
  }
}

async function addressesOf(
  hostname: string,
  resolve: Resolve,
  allowed: readonly string[],
): Promise<readonly string[] | (Fetched & { readonly kind: 'refused' })> {
  try {
    const checked = await checkedAddresses(hostname, resolve, allowed);
    if ('refused' in checked)
      return refused(`${hostname} leads to ${checked.refused}, which is not public (${checked.why})`);
    if (checked.addresses.length === 0) return refused(`the name ${hostname} has no address`);
    return checked.addresses;
  } catch {
    return refused(`the name ${hostname} cannot be resolved`);
  }
}

/** Gives a look-up that knows the checked addresses alone. */
function answering(addresses: readonly string[]): LookupFunction {
  return (_host, options, callback) => answerLookup(addresses, options, callback);
}

function requestHeaders(known: Marks | undefined): Record<string, string> {
  return {
    'user-agent': 'gw',
    accept: '*/*',
    'accept-encoding': 'identity',
    ...(known?.etag == null ? {} : { 'if-none-match': known.etag }),
    ...(known?.last_modified == null ? {} : { 'if-modified-since': known.last_modified }),
  };
}

type Response = Awaited<ReturnType<Client['request']>>;

async function readAnswer(url: URL, response: Response, maxBytes: number): Promise<Answer> {
  const { statusCode, headers } = response;
  const location = one(headers['location']);
  if (REDIRECTS.has(statusCode) && location !== null) return { location };
  if (statusCode === 304) return { kind: 'unchanged' };
  if (statusCode !== 200) return refused(`${url.href} answered ${statusCode}`);
  const coding = one(headers['content-encoding']);
  if (coding !== null && coding !== 'identity') return refused(`${url.href} was sent encoded, unasked`);
  const tooLarge = refused(`${url.href} is larger than ${maxBytes} bytes`);
  if (Number(one(headers['content-length']) ?? 0) > maxBytes) return tooLarge;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) return tooLarge;
    chunks.push(chunk);
  }
  const marks = { etag: one(headers['etag']), last_modified: one(headers['last-modified']) };
  return { kind: 'fetched', bytes: Buffer.concat(chunks), marks, url: url.href };
}

function one(value: string | readonly string[] | undefined): string | null {
  return typeof value === 'string' ? value : (value?.[0] ?? null);
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.UndiciError || (error instanceof Error && 'code' in error))
    return error.message;
  if (error instanceof Error && error.name === 'TimeoutError') return 'it takes too long';
  return 'the connection failed';
}
