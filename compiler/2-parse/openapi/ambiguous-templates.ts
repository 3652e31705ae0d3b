import { templateShape } from '../../../table/rules/template.ts';
import { quote } from '../../diagnostic/quote.ts';
import type { DocumentFaults } from './document-faults.ts';
import type { PlacedOperation } from './read-paths.ts';

/**
 * Reports operations that no request can tell apart: one method, and templates that differ in the names of their
 * parameters alone (OpenAPI 3.2, 4.8.2: identical and invalid). The first one is matched.
 */
export function reportAmbiguous(placed: readonly PlacedOperation[], faults: DocumentFaults): void {
  const first = new Map<string, PlacedOperation>();
  for (const operation of placed) {
    const { method, path } = operation.record;
    const key = `${method} ${templateShape(path)}`;
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, operation);
      continue;
    }
    faults.add({
      code: 'GW6016',
      at: operation.at,
      message: `requests for ${quote(path)} are matched with ${quote(before.record.path)}, which has ${method} too`,
      notes: [{ message: 'the operation that is matched', at: before.at }],
    });
  }
}
