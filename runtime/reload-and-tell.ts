import type { CurrentTable } from './current-table.ts';
import type { Log } from './observe/log.ts';

/** Loads the table again and tells the log of it. Gives whether it was taken. */
export async function reloadAndTell(table: CurrentTable, log: Log): Promise<boolean> {
  const before = table.snapshot.digest;
  try {
    const snapshot = await table.reload();
    for (const notice of snapshot.notices) log.events.warn(notice);
    const { restartNeeded } = table;
    if (restartNeeded.length > 0)
      log.events.warn(
        { settings: restartNeeded },
        'settings changed that hold from the start on: they are taken when the process starts again',
      );
    log.events.info({ table: snapshot.digest, before }, 'reloaded');
    return true;
  } catch (error) {
    // These errors name tables, files and references; none of them holds a value.
    log.events.error(
      { table: before, error: error instanceof Error ? error.message : 'unknown' },
      'reload failed: the table before goes on serving',
    );
    return false;
  }
}
