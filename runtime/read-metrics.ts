import type { IncomingMessage } from 'node:http';
import { readFields } from './1-accept/fields.ts';
import { authenticate } from './3-authenticate/caller-key.ts';
import type { Snapshot } from './load/snapshot.ts';
import type { Counts } from './observe/counts.ts';
import { metricsText } from './observe/metrics-text.ts';
import type { MetricsText } from './observe/metrics-text.ts';
import { Problem } from './problem.ts';

/** Gives the metrics to whom the table lets read them: everybody under `metrics: public`, else a caller with `admin: true`. */
export async function readMetrics(
  request: IncomingMessage,
  snapshot: Snapshot,
  counts: Counts,
): Promise<MetricsText | Problem> {
  if (snapshot.metrics !== 'public') {
    const fields = readFields(request, snapshot.limits);
    if (fields instanceof Problem) return fields;
    const caller = authenticate(fields, snapshot.callers);
    if (caller instanceof Problem) return caller;
    if (!caller.admin)
      return new Problem(
        'forbidden',
        'metrics are for callers with admin: true, or for all under metrics: public',
      );
  }
  return metricsText(counts);
}
