import { usesStore } from '../table/rules/audit-sinks.ts';
import type { Gateway } from '../table/types.ts';
import { auditedRows, refusedRow } from './audited-row.ts';
import type { ExchangeRecord, Observer } from './exchange.ts';
import { LoadError } from './load/load-report.ts';
import type { Environment } from './load/resolve-secrets.ts';
import type { AuditReader } from './observe/audit/audit-store.ts';
import { openAudit } from './observe/audit/open-audit.ts';
import type { Audit } from './observe/audit/open-audit.ts';
import type { Counts } from './observe/counts.ts';
import type { Log } from './observe/log.ts';
import { Problem, retryAfter } from './problem.ts';
import { eventIds } from './store/event-id.ts';
import { storeUrl } from './store-url.ts';
import { StoreUnavailable } from './store/store-errors.ts';
import { tellAudit } from './tell-audit.ts';

/** Audit of the exchanges of a process. */
export interface ExchangeAudit extends Pick<Observer, 'beforeSending' | 'refused'> {
  ended(record: ExchangeRecord): void;
  /** Looks now, rather than with the first row, whether rows can be kept; the log has it where they cannot. */
  check(): void;
  /** The rows of the store; null where none are kept there. */
  readonly reader: AuditReader | null;
  /** Opens the file of JSON lines anew. */
  reopen(): void;
  /** Writes what waits, and closes. */
  end(): Promise<void>;
}

/** What audit is opened with beside the table's plan. */
export interface ExchangeAuditParts {
  readonly environment: Environment;
  readonly log: Log;
  readonly counts: Counts;
}

/**
 * Opens audit as the gateway of a table says. Under `mode: sync` it is known before anything is served that rows can be
 * kept: a LoadError says why they never can be. Under `mode: async` that is told in the log, and counted.
 */
export async function auditExchanges(
  gateway: Gateway,
  { environment, log, counts }: ExchangeAuditParts,
): Promise<ExchangeAudit> {
  const { audit: plan } = gateway;
  const tell = tellAudit(log, counts);
  const url = usesStore(plan) ? await storeUrl(gateway, environment) : null;
  const audit = openAudit(plan, { store: url, lines: log.lines, tell });
  const nextId = eventIds();
  const rowOf = auditedRows({ nextId, parameters: plan.parameters ? plan : null });
  /** Ids of the rows of exchanges that have begun. */
  const begun = new WeakMap<ExchangeRecord, string>();
  const { begin } = audit;
  if (begin !== null) await readyOrNever(audit, tell);
  return {
    beforeSending:
      begin === null
        ? null
        : async (record) => {
            const row = rowOf(record, { id: null, begins: true });
            begun.set(record, row.id);
            try {
              await begin(row);
              return null;
            } catch (error) {
              tell.failing(plan.sink, error);
              return unavailable(error);
            }
          },
    ended: (record) => audit.add(rowOf(record, { id: begun.get(record) ?? null, begins: false })),
    refused: (problem, opened) => audit.add(refusedRow(problem, opened, nextId)),
    check: () => void audit.ready().catch((error: unknown) => tell.failing(plan.sink, error)),
    reader: audit.reader,
    reopen: () => audit.reopen(),
    end: () => audit.end(),
  };
}

/** Errors that no waiting heals. By name: they come from the thread of the store. */
const LASTING: ReadonlySet<string> = new Set(['StoreFileError', 'StoreNewer']);

async function readyOrNever(audit: Audit, tell: ReturnType<typeof tellAudit>): Promise<void> {
  try {
    await audit.ready();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (LASTING.has(error.name) || 'syscall' in error) {
      await audit.end();
      throw new LoadError([`gateway.audit (mode: sync): ${error.message}`]);
    }
    tell.failing('store', error);
  }
}

function unavailable(error: unknown): Problem {
  const wait_ms = error instanceof StoreUnavailable ? error.retry_after_ms : 1000;
  return new Problem(
    'audit_unavailable',
    'the gateway must keep a record of every request before it sends it, and cannot just now',
    { headers: retryAfter(wait_ms) },
  );
}
