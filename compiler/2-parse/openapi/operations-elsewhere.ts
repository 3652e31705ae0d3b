import { quote } from '../../diagnostic/quote.ts';
import type { DocumentFaults } from './document-faults.ts';
import type { PlacedOperation } from './read-paths.ts';

/**
 * Gives the operations that a connection can reach. Those with servers of their own (OpenAPI 3.2, 4.7) are left
 * out and reported once: requests go to `base_url`, where such a path is something else or nothing.
 */
export function withoutElsewhere(
  placed: readonly PlacedOperation[],
  faults: DocumentFaults,
): PlacedOperation[] {
  const away = placed.filter(({ elsewhere }) => elsewhere);
  const [first] = away;
  if (first !== undefined) {
    const others = away.length === 1 ? '' : `, and ${away.length - 1} more like it`;
    faults.add({
      code: 'GW6017',
      at: first.at,
      message: `${quote(first.record.id)} has servers of its own${others}: left out`,
      help: 'declare a connection to that server with a document that has these operations',
      details: away.map(({ record, at }) => ({ message: record.id, at })),
    });
  }
  return placed.filter(({ elsewhere }) => !elsewhere);
}
