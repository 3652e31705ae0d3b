import { isMapping } from '../../../table/rules/is-mapping.ts';
import type { McpPlan } from '../../../table/types.ts';
import { Hidden } from '../../hidden.ts';
import type { WholeAnswer } from '../../6-forward/fetch-whole.ts';
import { discoveredUrl } from './discovered-url.ts';
import { readContent } from './read-answer.ts';
import { answerOf } from './request-token.ts';
import type { OAuthCall } from './request-token.ts';
import type { Failure, FilledUrl } from './types.ts';

/** The MCP server that somebody signs in to. */
export interface McpResource {
  /** Where it is, as the operator wrote it. */
  readonly url: FilledUrl;
  readonly plan: McpPlan;
  readonly allow_private: readonly string[];
}

/** What signing in to an MCP server begins with. */
export interface DiscoveredServer {
  readonly kind: 'ok';
  readonly issuer: string | null;
  readonly authorization_url: string;
  readonly token_url: FilledUrl;
  /** null: it registers nobody. */
  readonly registration_url: FilledUrl | null;
  /** How clients may prove themselves at the token endpoint; empty: not told. */
  readonly auth_methods: readonly string[];
  readonly resource: string;
  readonly scopes: readonly string[];
}

/** What the server told does not lead to a sign-in. */
export interface Unfit {
  readonly kind: 'unfit';
  /** Our own words. */
  readonly detail: string;
}

/** What a server tells of itself, or of a client. */
export type Metadata = Readonly<Record<string, unknown>>;

/**
 * Finds out where accounts sign in to an MCP server: what the catalog says, and for the rest what the server tells of
 * itself (RFC 9728) and its authorization server of itself (RFC 8414). What was not written by who runs this passes
 * the address guard.
 */
export async function discoverServer(
  resource: McpResource,
  call: OAuthCall,
): Promise<DiscoveredServer | Unfit | Failure> {
  const { plan, url } = resource;
  const written = writtenServer(plan, url.url);
  if (written !== null) return written;
  const own = await resourceMetadata(resource, call);
  if ('kind' in own) return own;
  const issuer = discoveredIssuer(own.metadata, resource);
  if (issuer === null) return unfit('the protected resource names no authorization server that may be asked');
  const found = await firstOf(serverMetadataUrls(issuer), resource, call);
  if ('kind' in found) return found;
  if (found.metadata === null) return unfit('the authorization server tells nothing of itself (RFC 8414)');
  if (!sameUrl(found.metadata['issuer'], issuer.url)) return unfit('the metadata are of another issuer');
  return serverOf(resource, own, found.metadata);
}

/** Gives the server where the catalog says everything; nothing is asked then. */
function writtenServer(plan: McpPlan, url: string): DiscoveredServer | null {
  const { authorization_url, token_url, registration_url, resource, scopes } = plan;
  if (authorization_url === null || token_url === null || registration_url === null) return null;
  const literal = (one: string): FilledUrl => ({ url: one, guarded: false });
  return {
    kind: 'ok',
    issuer: null,
    authorization_url,
    token_url: literal(token_url),
    registration_url: literal(registration_url),
    auth_methods: [],
    resource: resource ?? url,
    scopes,
  };
}

interface ResourceMetadata {
  /** null: the server has none, as those before 2025-06-18. */
  readonly metadata: Metadata | null;
  /** What its challenge asks for (RFC 6750 3); null without one. */
  readonly scope: string | null;
}

/** Gives what a server tells of itself: where its challenge says, else at the well-known places. */
async function resourceMetadata(
  resource: McpResource,
  call: OAuthCall,
): Promise<ResourceMetadata | Unfit | Failure> {
  const { url, allow_private } = resource;
  const challenged = await answerOf(
    call.fetch({ ...challengeRequest(resource), timeout_ms: call.timeout_ms }),
  );
  const challenge = 'status' in challenged ? (challenged.header('www-authenticate') ?? '') : '';
  const told = parameterOf(challenge, 'resource_metadata');
  const named = told === null ? null : discoveredUrl(told, allow_private);
  if (told !== null && named === null) return unfit('resource_metadata is no URL that may be asked');
  const at = new URL(url.url);
  const wellKnown = '/.well-known/oauth-protected-resource';
  const path = at.pathname === '/' ? '' : at.pathname;
  const guarded = url.guarded;
  const places = [...new Set([`${at.origin}${wellKnown}${path}`, `${at.origin}${wellKnown}`])];
  const found = await firstOf(
    named === null ? places.map((one) => ({ url: one, guarded })) : [named],
    resource,
    call,
  );
  if ('kind' in found) return found;
  const { metadata } = found;
  if (metadata !== null && !isOf(metadata['resource'], at))
    return unfit('the metadata are of another resource');
  return { metadata, scope: parameterOf(challenge, 'scope') };
}

/** A request without a token, which is refused with a challenge where the server knows RFC 9728. */
function challengeRequest({
  url,
  allow_private,
}: McpResource): Omit<Parameters<OAuthCall['fetch']>[0], 'timeout_ms'> {
  const message = { jsonrpc: '2.0', id: 0, method: 'ping' };
  return {
    method: 'POST',
    url: url.url,
    headers: new Hidden(MESSAGE_HEADERS),
    body: new Hidden(Buffer.from(JSON.stringify(message))),
    guard: url.guarded ? { allowPrivate: allow_private } : null,
  };
}

const AGENT = ['User-Agent', 'gw'];
const HEADERS = ['Accept', 'application/json', ...AGENT];
const MESSAGE_HEADERS = [
  'Accept',
  'application/json, text/event-stream',
  'Content-Type',
  'application/json',
  ...AGENT,
];

/** RFC 9728 3.3 has them identical; what is compared is whom the tokens would go to. */
function isOf(told: unknown, at: URL): boolean {
  if (typeof told !== 'string' || !URL.canParse(told)) return false;
  const { origin, pathname } = new URL(told);
  const path = pathname.replace(/\/$/, '');
  return origin === at.origin && (at.pathname === path || at.pathname.startsWith(`${path}/`));
}

/** Without metadata the server is its own authorization server, as 2025-03-26 has it. */
function discoveredIssuer(metadata: Metadata | null, { url, allow_private }: McpResource): FilledUrl | null {
  if (metadata === null) return { url: new URL(url.url).origin, guarded: url.guarded };
  const servers = metadata['authorization_servers'];
  return discoveredUrl(Array.isArray(servers) ? (servers[0] as unknown) : null, allow_private);
}

/** RFC 8414 3.1, and OpenID Connect Discovery in both of its readings. */
function serverMetadataUrls({ url, guarded }: FilledUrl): FilledUrl[] {
  const { origin, pathname } = new URL(url);
  const path = pathname.replace(/\/$/, '');
  const places = [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ];
  return [...new Set(places)].map((place) => ({ url: place, guarded }));
}

/** Gives the first metadata that is found; null where none is. A server that cannot be asked is a failure. */
async function firstOf(
  urls: readonly FilledUrl[],
  { allow_private }: McpResource,
  call: OAuthCall,
): Promise<{ readonly metadata: Metadata | null } | Failure> {
  for (const { url, guarded } of urls) {
    const answer = await answerOf(
      call.fetch({
        method: 'GET',
        url,
        headers: new Hidden(HEADERS),
        body: null,
        guard: guarded ? { allowPrivate: allow_private } : null,
        timeout_ms: call.timeout_ms,
        ...(call.signal === undefined ? {} : { signal: call.signal }),
      }),
    );
    if ('kind' in answer) return answer;
    const metadata = answer.status === 200 ? objectIn(answer) : null;
    if (metadata !== null) return { metadata };
  }
  return { metadata: null };
}

/** Gives what an answer holds, if that is an object; null for anything else. */
export function objectIn(answer: WholeAnswer): Metadata | null {
  const content = readContent(answer);
  return isMapping(content) ? content : null;
}

function serverOf(
  { plan, allow_private, url }: McpResource,
  own: ResourceMetadata,
  metadata: Metadata,
): DiscoveredServer | Unfit {
  const endpoint = (written: string | null, name: string): FilledUrl | null =>
    written === null ? discoveredUrl(metadata[name], allow_private) : { url: written, guarded: false };
  const authorization = endpoint(plan.authorization_url, 'authorization_endpoint');
  const token_url = endpoint(plan.token_url, 'token_endpoint');
  if (authorization === null || token_url === null)
    return unfit('the metadata lack an endpoint that may be asked');
  if (!textsOf(metadata['code_challenge_methods_supported']).includes('S256'))
    return unfit('the authorization server does not say that it has PKCE with S256');
  const told = own.metadata?.['resource'];
  return {
    kind: 'ok',
    issuer: String(metadata['issuer']),
    authorization_url: authorization.url,
    token_url,
    registration_url: endpoint(plan.registration_url, 'registration_endpoint'),
    auth_methods: textsOf(metadata['token_endpoint_auth_methods_supported']),
    resource: plan.resource ?? (typeof told === 'string' ? told : url.url),
    scopes: scopesOf(plan, own, metadata),
  };
}

/** What is written; else what the challenge, or the resource, asks for, and what keeps the sign-in alive. */
function scopesOf({ scopes }: McpPlan, { metadata, scope }: ResourceMetadata, server: Metadata): string[] {
  if (scopes.length > 0) return [...scopes];
  const asked = scope?.split(' ').filter((one) => one !== '') ?? textsOf(metadata?.['scopes_supported']);
  const offline = textsOf(server['scopes_supported']).includes('offline_access') ? ['offline_access'] : [];
  return [...new Set([...asked, ...offline])];
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function sameUrl(told: unknown, url: string): boolean {
  return typeof told === 'string' && told.replace(/\/$/, '') === url.replace(/\/$/, '');
}

const CHALLENGED = {
  resource_metadata: /(?:^|[\s,])resource_metadata=(?:"([^"]*)"|([^\s,"]+))/i,
  scope: /(?:^|[\s,])scope=(?:"([^"]*)"|([^\s,"]+))/i,
} as const;

/** Gives a parameter of a challenge (RFC 9110 11.6.1), quoted or not. */
function parameterOf(challenge: string, name: keyof typeof CHALLENGED): string | null {
  const found = CHALLENGED[name].exec(challenge);
  return found?.[1] ?? found?.[2] ?? null;
}

function unfit(detail: string): Unfit {
  return { kind: 'unfit', detail };
}
