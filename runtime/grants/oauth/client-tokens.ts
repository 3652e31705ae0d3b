import { createHash } from 'node:crypto';
import type { Place } from '../../../table/types.ts';
import type { CredentialSource } from '../../5-credential/credential-source.ts';
import { prepareToken } from '../../5-credential/prepare-credential.ts';
import type { PreparedCredential } from '../../5-credential/prepare-credential.ts';
import { wholeFetch } from '../../6-forward/fetch-whole.ts';
import type { FetchSockets } from '../../6-forward/fetch-whole.ts';
import type { PoolSet } from '../../6-forward/pool-set.ts';
import { materialKey } from '../../6-forward/tls-contexts.ts';
import { Problem, retryAfter } from '../../problem.ts';
import { requestToken } from './request-token.ts';
import type { OAuthCall } from './request-token.ts';
import { COOL_DOWN_MS, tokenUse } from './token-use.ts';
import type { TokenUse } from './token-use.ts';
import { transient } from './types.ts';
import type { Failure, TokenClient, TokenOutcome } from './types.ts';

/** Whose tokens they are, and how they are asked for. */
export interface ClientTokenSpec {
  readonly connection: string;
  /** Where the connection is written. */
  readonly at: Place;
  readonly client: TokenClient;
  /** How the authorization server's TLS is trusted. */
  readonly trust: Omit<FetchSockets, 'pools'>;
}

/** What happens to the tokens of a connection, for the log: no token and no secret. */
export type TokenEvent =
  | { readonly kind: 'obtained'; readonly connection: string; readonly lifetime_ms: number | null }
  | { readonly kind: 'failed'; readonly connection: string; readonly failure: Failure }
  /** A fault of ours. */
  | { readonly kind: 'internal'; readonly connection: string; readonly error: unknown };

/** What the tokens of a process need. */
export interface TokenParts {
  readonly pools: PoolSet;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly timeout_ms: number;
  readonly tell: (event: TokenEvent) => void;
}

/**
 * The access tokens of a process that clients get for themselves (RFC 6749 4.4), in memory alone. Tables that follow
 * each other share them: a token stays as long as nothing changes that it was asked for with.
 */
export interface ClientTokenSet {
  /** Gives the tokens of a connection, and counts one more user of them. */
  acquire(spec: ClientTokenSpec): CredentialSource;
  /** Takes back one use; without users the token is forgotten, and asking for one is broken off. */
  release(source: CredentialSource): void;
}

/** Gives an empty set. */
export function clientTokenSet(parts: TokenParts): ClientTokenSet {
  const open = new Map<string, { readonly tokens: ClientTokens; users: number }>();
  return {
    acquire: (spec) => {
      const key = keyOf(spec);
      const entry = open.get(key) ?? { tokens: new ClientTokens(spec, parts), users: 0 };
      entry.users += 1;
      open.set(key, entry);
      return entry.tokens;
    },
    release: (source) => {
      for (const [key, entry] of open) {
        if (entry.tokens !== source) continue;
        entry.users -= 1;
        if (entry.users > 0) return;
        open.delete(key);
        entry.tokens.stop();
      }
    },
  };
}

/** Everything that a token is asked for with, but for where it was written. */
function keyOf({ connection, client, trust }: ClientTokenSpec): string {
  const { plan, client_id, client_secret, ...more } = client;
  const asked = { ...plan, client_id, client_secret: client_secret.reveal() };
  return createHash('sha256')
    .update(JSON.stringify([connection, asked, more, materialKey(trust.tls)]))
    .digest('hex');
}

interface HeldToken extends TokenUse {
  readonly credential: PreparedCredential;
}

/** The token of one connection: asked for when it is first needed, by one request at a time. */
class ClientTokens implements CredentialSource {
  readonly #spec: ClientTokenSpec;
  readonly #parts: TokenParts;
  readonly #call: OAuthCall;
  readonly #stopped = new AbortController();
  #held: HeldToken | null = null;
  #asking: Promise<PreparedCredential | Problem> | null = null;
  #failed: { readonly failure: Failure; readonly until: number } | null = null;
  #renewed_until = Number.NEGATIVE_INFINITY;

  constructor(spec: ClientTokenSpec, parts: TokenParts) {
    this.#spec = spec;
    this.#parts = parts;
    const fetch = wholeFetch({ pools: parts.pools, ...spec.trust });
    this.#call = { fetch, now: parts.now, timeout_ms: parts.timeout_ms, signal: this.#stopped.signal };
  }

  ready(): PreparedCredential | null {
    const now = this.#parts.now();
    const held = this.#held;
    if (held === null || now >= held.usable_until) return null;
    if (now >= held.renew_from && this.#asking === null && this.#coolingUntil(now) === null) void this.#ask();
    return held.credential;
  }

  async obtain(): Promise<PreparedCredential | Problem> {
    const now = this.#parts.now();
    const until = this.#coolingUntil(now);
    if (this.#asking === null && this.#failed !== null && until !== null)
      return this.#problem(this.#failed, now);
    return this.ready() ?? (await (this.#asking ?? this.#ask()));
  }

  async renew(refused: PreparedCredential): Promise<PreparedCredential | null> {
    const ready = this.ready();
    // Another request was faster.
    if (ready !== null && ready !== refused) return ready;
    if (this.#asking === null) {
      const now = this.#parts.now();
      // An upstream that says 401 whatever it is sent must not have tokens asked for with every request.
      if (now < this.#renewed_until || this.#coolingUntil(now) !== null) return null;
      this.#renewed_until = now + COOL_DOWN_MS;
    }
    const renewed = await (this.#asking ?? this.#ask());
    if (!(renewed instanceof Problem)) return renewed;
    // Refused on both sides: what is held is of no use to anybody.
    if (renewed.code === 'credential_broken' && this.#held?.credential === refused) this.#held = null;
    return null;
  }

  /** Breaks off what is under way. */
  stop(): void {
    this.#stopped.abort();
  }

  /** Asks for a token, alone. Never rejects. */
  #ask(): Promise<PreparedCredential | Problem> {
    const asked_at = this.#parts.now();
    const known = this.#held?.credential.secrets;
    const ask = { kind: 'client', ...(known === undefined ? {} : { known }) } as const;
    const asking = requestToken(this.#spec.client, ask, this.#call)
      .then((outcome) => this.#take(outcome, asked_at))
      .catch((error: unknown) => this.#internal(error))
      .finally(() => {
        this.#asking = null;
      });
    this.#asking = asking;
    return asking;
  }

  #take(outcome: TokenOutcome, asked_at: number): PreparedCredential | Problem {
    if (outcome.kind !== 'ok') return this.#fail(outcome);
    const { connection, at, client } = this.#spec;
    const credential = prepareToken(client.plan.send, outcome.access_token, at);
    // What no header can carry was refused when the answer was read; this is the second lock.
    if ('why' in credential) return this.#fail(transient('answer_malformed'));
    const lifetime_ms = outcome.expires_at === null ? null : outcome.expires_at - asked_at;
    this.#held = { credential, ...tokenUse(outcome.expires_at, lifetime_ms) };
    this.#failed = null;
    this.#parts.tell({ kind: 'obtained', connection, lifetime_ms });
    return credential;
  }

  #fail(failure: Failure): Problem {
    const now = this.#parts.now();
    const asked_ms = failure.kind === 'transient' ? (failure.retry_after_ms ?? 0) : 0;
    const failed = { failure, until: now + Math.max(COOL_DOWN_MS, asked_ms) };
    this.#failed = failed;
    // Whoever stopped it knows.
    if (!this.#stopped.signal.aborted)
      this.#parts.tell({ kind: 'failed', connection: this.#spec.connection, failure });
    return this.#problem(failed, now);
  }

  #internal(error: unknown): Problem {
    const { connection } = this.#spec;
    this.#failed = { failure: transient('cancelled'), until: this.#parts.now() + COOL_DOWN_MS };
    this.#parts.tell({ kind: 'internal', connection, error });
    return new Problem('internal', `no access token could be asked for; the log says why`);
  }

  /** Until when nothing is asked; null: it may be. */
  #coolingUntil(now: number): number | null {
    return this.#failed !== null && now < this.#failed.until ? this.#failed.until : null;
  }

  #problem({ failure, until }: { readonly failure: Failure; readonly until: number }, now: number): Problem {
    const { connection } = this.#spec;
    const logged = { credential: failure.reason };
    if (failure.kind === 'terminal') {
      const detail = `the authorization server does not accept the client of ${connection} (${failure.reason}): who runs this gateway has to mend that`;
      return new Problem('credential_broken', detail, { logged });
    }
    return new Problem(
      'connection_unavailable',
      `an access token for ${connection} cannot be had just now (${failure.reason})`,
      { logged, headers: retryAfter(until - now) },
    );
  }
}
