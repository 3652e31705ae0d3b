import { COUNT_KINDS } from './counts.ts';
import type { CountName, Counts } from './counts.ts';

/** Metrics as a scraper reads them. */
export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/** Gives counts in Prometheus' text format. What writes it is loaded with the first that asks: no start waits for it. */
export async function metricsText(counts: Counts): Promise<MetricsText> {
  const { Counter, Registry } = await import('prom-client');
  const registry = new Registry();
  for (const kind of Object.keys(COUNT_KINDS) as CountName[]) {
    const { name, help, labels } = COUNT_KINDS[kind];
    const counter = new Counter<string>({ name, help, labelNames: labels, registers: [registry] });
    for (const { labels: values, value } of counts.of(kind)) counter.inc(values, value);
  }
  return { contentType: registry.contentType, text: await registry.metrics() };
}
