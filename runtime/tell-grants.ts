import type { StoreEvent } from './grants/open-grants.ts';
import type { Log } from './observe/log.ts';

/** Gives what tells the log of the store of grants. */
export function tellStore({ events }: Log): (event: StoreEvent) => void {
  return (event) => {
    if (event.kind === 'key_made') {
      const text =
        'a key was made for the store of grants: whoever has it opens every credential there, and without it none opens; keep it elsewhere too, or give one in GW_ENCRYPTION_KEY';
      events.warn({ file: event.path }, text);
    } else {
      events.warn(
        { error: event.error.message },
        'the store of grants is not to be had: what needs a grant is refused until it is',
      );
    }
  };
}
