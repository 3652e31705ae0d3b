import type { OpeningParts, StoreEvent } from './grants/open-grants.ts';
import type { RefreshEvent } from './grants/refresh/refresh-types.ts';
import type { Counts } from './observe/counts.ts';
import { stackOf } from './observe/log.ts';
import type { Log } from './observe/log.ts';

/** What grants are told to. */
export interface GrantsTold {
  readonly log: Pick<Log, 'events'>;
  readonly counts: Pick<Counts, 'refreshed'>;
}

/** Gives what tells log and counts of grants and of their store: no token, no secret. */
export function tellGrants({
  log: { events },
  counts,
}: GrantsTold): Pick<OpeningParts, 'tell' | 'tellStore' | 'failed'> {
  const internal = (of: object, error: unknown): void =>
    events.error({ ...of, error: stackOf(error) }, 'internal error');
  return {
    tellStore: (event) => tellStore(events, event),
    tell: (event) => {
      const { connection, grant } = event;
      const outcome = OUTCOMES[event.kind];
      if (outcome !== null)
        counts.refreshed(connection, event.kind === 'failed' ? event.failure.kind : outcome);
      const of = { connection, grant };
      switch (event.kind) {
        case 'refreshed':
          events.info({ ...of, lifetime_ms: event.lifetime_ms }, 'grant refreshed');
          break;
        case 'failed': {
          const { kind, reason, idp_error } = event.failure;
          const text = event.marked ? 'grant is EXPIRED: it must be connected anew' : 'grant not refreshed';
          events.warn({ ...of, outcome: kind, reason, idp_error }, text);
          break;
        }
        case 'unfilled':
          events.warn(
            { ...of, outcome: 'transient', reason: event.reason, why: event.why },
            'grant not refreshed',
          );
          break;
        case 'unwritten':
          events.error(
            { ...of, rotated: event.rotated, error: event.error },
            'tokens were refreshed and could not be written: they are in use, and written as soon as that can be',
          );
          break;
        case 'written_late':
          events.warn(of, 'tokens that could not be written are written');
          break;
        case 'lost':
          events.error(
            of,
            'tokens could not be written before the end: the grant may have to be connected anew',
          );
          break;
        case 'client_left':
          events.warn(
            { ...of, reason: event.reason },
            'the client that was registered for a sign-in could not be deregistered: it stays at the authorization server',
          );
          break;
        case 'internal':
          internal(of, event.error);
          break;
      }
    },
    failed: (error) => internal({}, error),
  };
}

function tellStore(events: GrantsTold['log']['events'], event: StoreEvent): void {
  switch (event.kind) {
    case 'key_made':
      events.warn(
        { file: event.path },
        'a key was made for the store of grants: whoever has it opens every credential there, and without it none opens; keep it elsewhere too, or give one in GW_ENCRYPTION_KEY',
      );
      break;
    case 'key_missing':
      events.error(
        { key_id: event.key_id },
        'the store of grants has values sealed with a key that this gateway was not given: what needs them is refused with 503 store_unavailable. Start it again with that key in GW_ENCRYPTION_KEY, beside the others',
      );
      break;
    case 'unfit':
      events.error(
        { error: event.error.message },
        'the store of grants does not fit this gateway: what needs a grant is refused with 503 store_unavailable until that is mended and it is started again',
      );
      break;
    case 'unavailable':
      events.warn(
        { error: event.error.message },
        'the store of grants is not to be had: what needs a grant is refused until it is',
      );
      break;
  }
}

/** What is counted of each; null: that was counted before. */
const OUTCOMES: Readonly<Record<RefreshEvent['kind'], string | null>> = {
  refreshed: 'succeeded',
  failed: 'failed',
  unfilled: 'transient',
  unwritten: 'unwritten',
  written_late: null,
  lost: 'lost',
  client_left: null,
  internal: 'internal',
};
