/** A list that is asked for, and what it must hold to be measured. */
export interface Listing {
  /** Who asks: one that may use all, or one with rules on methods and paths. */
  readonly caller: 'open' | 'ruled';
  /** null: all operations, by path. */
  readonly query: string | null;
  /** So many operations at least. */
  readonly least: number;
  /** The operation that stands first; null where several are as good. */
  readonly first: string | null;
}

/** What models ask for: a phrase, one word, a word that nearly every operation has, half a word, one that is nowhere. */
export const LISTINGS: readonly Listing[] = [
  { caller: 'open', query: null, least: 11_000, first: null },
  { caller: 'open', query: 'send mail', least: 50, first: 'me.sendMail' },
  { caller: 'open', query: 'list messages of a user', least: 1, first: null },
  { caller: 'open', query: 'create calendar event', least: 1, first: null },
  { caller: 'open', query: 'get', least: 1_000, first: null },
  { caller: 'open', query: 'users', least: 1_000, first: null },
  { caller: 'open', query: 'delete user', least: 100, first: 'users.user.DeleteUser' },
  {
    caller: 'open',
    query: 'list the items in a drive of a group',
    least: 1_000,
    first: 'drives.list.ListItems',
  },
  { caller: 'open', query: 'u', least: 1_000, first: null },
  { caller: 'open', query: 'a', least: 1_000, first: null },
  { caller: 'open', query: 'onenote pages', least: 1, first: null },
  { caller: 'open', query: 'graf invoyce', least: 0, first: null },
  { caller: 'ruled', query: null, least: 5_000, first: null },
  { caller: 'ruled', query: 'send mail', least: 50, first: 'me.sendMail' },
  { caller: 'ruled', query: 'get', least: 1_000, first: null },
  { caller: 'ruled', query: 'users', least: 1_000, first: null },
];
