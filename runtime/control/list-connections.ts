import { grantMethodOf, GRANT_METHODS } from '../../table/rules/auth-modes.ts';
import type { GrantMethod } from '../../table/rules/auth-modes.ts';
import { byAge } from '../grants/choose-grant.ts';
import type { Grant, GrantStatus } from '../grants/grant.ts';
import type { GrantPosition, GrantStore } from '../grants/store/grant-store.ts';
import { Problem } from '../problem.ts';
import { jsonAnswer } from './control-answer.ts';
import type { ControlAnswer } from './control-answer.ts';
import type { CallerAsked } from './control-route.ts';
import { declaredView, grantsOf, grantView } from './grant-view.ts';
import type { ConnectionView } from './grant-view.ts';
import { inputInvalid, readQuery } from './read-body.ts';
import { seenRoutes } from './visible.ts';

const LIMIT = 100;
const LIMIT_MAX = 1_000;
const STATUSES: readonly string[] = ['PENDING', 'ACTIVE', 'FAILED', 'EXPIRED'] satisfies GrantStatus[];

/** Where a list goes on: declared connections come first, by name, then grants, the oldest first. */
type Position = { readonly declared: string } | { readonly grant: GrantPosition };

interface ListAsked {
  readonly app: string | null;
  readonly status: GrantStatus | null;
  readonly method: GrantMethod | null;
  /** For admins: whose; undefined is everybody's, null what is shared. */
  readonly account: string | null | undefined;
  readonly limit: number;
  readonly after: Position | null;
}

/** GET /connections: what the caller's account may use, filtered by its personas. */
export async function listConnections(asked: CallerAsked): Promise<ControlAnswer | Problem> {
  const wanted = readListAsked(asked.query, false);
  if (wanted instanceof Problem) return wanted;
  const declared = declaredConnections(asked, wanted);
  const names = seenRoutes(asked)
    .filter(({ connection }) => grantsOf(connection) !== 'declared')
    .map(({ connection }) => connection.name);
  const connections = wanted.app === null ? names : names.filter((name) => name === wanted.app);
  const grants = async (after: GrantPosition | null, limit: number): Promise<readonly Grant[]> => {
    const store = asked.grants?.store;
    if (store === undefined || connections.length === 0) return [];
    const lists = [asked.caller.account, null].map((account) =>
      store.list({ ...filterOf(wanted), connections, account }, { after, limit }),
    );
    return (await Promise.all(lists)).flat().sort(byAge).slice(0, limit);
  };
  return page(wanted, { declared, grants, view: grantView });
}

/** GET /api/v1/admin/connections: the grants of all accounts, those of connections that are not in the table any more too. */
export async function listAllConnections(asked: CallerAsked): Promise<ControlAnswer | Problem> {
  const wanted = readListAsked(asked.query, true);
  if (wanted instanceof Problem) return wanted;
  const filter = {
    ...filterOf(wanted),
    ...(wanted.app === null ? {} : { connections: [wanted.app] }),
    ...(wanted.account === undefined ? {} : { account: wanted.account }),
  };
  return page(wanted, {
    declared: wanted.account === undefined ? declaredConnections(asked, wanted) : [],
    grants: async (after, limit) => (await asked.grants?.store.list(filter, { after, limit })) ?? [],
    view: (grant) => ({ ...grantView(grant), account: grant.account }),
  });
}

function filterOf({
  status,
  method,
}: ListAsked): Pick<Parameters<GrantStore['list']>[0], 'status' | 'method'> {
  return { ...(status === null ? {} : { status }), ...(method === null ? {} : { method }) };
}

function declaredConnections(asked: CallerAsked, { app, status, method }: ListAsked): ConnectionView[] {
  const { caller, loadedAt } = asked;
  return seenRoutes(asked)
    .filter(({ connection }) => grantsOf(connection) === 'declared')
    .filter(({ connection }) => (app ?? connection.name) === connection.name)
    .filter(({ connection }) => method === null || grantMethodOf(connection) === method)
    .map((route) => declaredView(route, { admin: caller.admin, loadedAt }))
    .filter((view) => (status ?? view.status) === view.status)
    .sort((a, b) => (a.app < b.app ? -1 : 1));
}

interface Listed {
  /** By name. */
  readonly declared: readonly ConnectionView[];
  readonly grants: (after: GrantPosition | null, limit: number) => Promise<readonly Grant[]>;
  readonly view: (grant: Grant) => ConnectionView;
}

async function page({ limit, after }: ListAsked, { declared, grants, view }: Listed): Promise<ControlAnswer> {
  const first =
    after !== null && 'grant' in after
      ? []
      : declared.filter(({ app }) => after === null || app > after.declared);
  // One more than asked for tells whether there is more.
  const more = await grants(after !== null && 'grant' in after ? after.grant : null, limit + 1);
  const all: (readonly [ConnectionView, Position])[] = [
    ...first.map((one) => [one, { declared: one.app }] as const),
    ...more.map((one) => [view(one), { grant: { created_at: one.created_at, id: one.id } }] as const),
  ];
  const shown = all.slice(0, limit);
  const last = all.length > limit ? shown.at(-1) : undefined;
  return jsonAnswer(200, {
    connections: shown.map(([one]) => one),
    ...(last === undefined ? {} : { next_token: tokenOf(last[1]) }),
  });
}

function tokenOf(position: Position): string {
  const parts = 'declared' in position ? [position.declared] : [position.grant.created_at, position.grant.id];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

function positionOf(token: string): Position | null {
  try {
    const parts = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as unknown[];
    const [first, second] = parts;
    if (typeof first === 'string' && parts.length === 1) return { declared: first };
    if (Number.isSafeInteger(first) && typeof second === 'string')
      return { grant: { created_at: Number(first), id: second } };
  } catch {
    // Not one of ours.
  }
  return null;
}

function readListAsked(query: URLSearchParams, admin: boolean): ListAsked | Problem {
  const known = ['app', 'status', 'method', ...(admin ? ['account', 'shared'] : []), 'limit', 'next_token'];
  const values = readQuery(query, known);
  if (values instanceof Problem) return values;
  const faults: string[] = [];
  const word = (name: string, words: readonly string[]): string | null => {
    const value = values.get(name) ?? null;
    if (value !== null && !words.includes(value)) faults.push(`${name} is one of ${words.join(', ')}`);
    return value;
  };
  const limit = values.get('limit') ?? String(LIMIT);
  if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > LIMIT_MAX)
    faults.push(`limit is a number from 1 to ${LIMIT_MAX}`);
  const token = values.get('next_token');
  const after = token === undefined ? null : positionOf(token);
  if (token !== undefined && after === null) faults.push('next_token is not one that this API gave');
  const shared = word('shared', ['true']) !== null;
  const wanted = {
    app: values.get('app') ?? null,
    status: word('status', STATUSES) as GrantStatus | null,
    method: word('method', GRANT_METHODS) as GrantMethod | null,
    account: shared ? null : values.get('account'),
    limit: Number(limit),
    after,
  };
  return faults.length > 0 ? inputInvalid(faults) : wanted;
}
