import type { Problem } from '../problem.ts';
import type { PreparedCredential } from './prepare-credential.ts';

/** Where the credential of a connection comes from, where it changes while serving. Nothing is sent without one. */
export interface CredentialSource {
  /** Gives the credential at hand; null where one has to be waited for. */
  ready(): PreparedCredential | null;
  /** Gives one as soon as there is one, or the problem that there is none now. Whoever waits at a time shares one attempt. */
  obtain(): Promise<PreparedCredential | Problem>;
  /**
   * The upstream answered 401 to this one. Gives another that a request may be sent again with; null where there is
   * none to be had, or where the last attempt at one was a moment ago: then the upstream's answer stands.
   */
  renew(refused: PreparedCredential): Promise<PreparedCredential | null>;
}
