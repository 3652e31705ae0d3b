import { UsageError } from './usage-error.ts';

/** Does what writes to the folder of the table. A fault of it is wrong usage: it is told with the folder. */
export function tellingWhere<T>(out: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw new UsageError(
      `the table cannot be written to ${out}: ${error instanceof Error ? error.message : ''}`,
    );
  }
}
