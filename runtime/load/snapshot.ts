import type { PlacedDescription } from '../../table/rules/operation-matcher.ts';
import type { PlacedDestination } from '../../table/rules/place-destination.ts';
import type { Connection, Gateway, GatewayLimits, ListenAddress } from '../../table/types.ts';
import type { HostChoice } from '../2-match/choose-host.ts';
import type { PathKey } from '../2-match/fill-segment.ts';
import type { PathSteps } from '../2-match/place-path.ts';
import type { RateLimit, RatePolicy } from '../3-authenticate/rate-limit.ts';
import type { CallerRights } from '../3-authenticate/rights-of.ts';
import type { ShapePlan } from '../4-shape/shape-headers.ts';
import type { QueryPairs } from '../4-shape/shape-query.ts';
import type { CredentialSource } from '../5-credential/credential-source.ts';
import type { PreparedCredential } from '../5-credential/prepare-credential.ts';
import type { RequestSigner } from '../5-credential/request-signer.ts';
import type { UpstreamPool } from '../6-forward/upstream-pool.ts';
import type { Completion } from '../grants/brought.ts';
import type { Grants } from '../grants/grants.ts';
import type { SignIn } from '../grants/sign-in.ts';
import type { RelayPlan } from '../7-relay/relay-headers.ts';
import type { LinkBase } from '../7-relay/rewrite-links.ts';
import type { Hidden } from '../hidden.ts';
import type { SealingKeys } from '../sealing/sealing-keys.ts';
import type { MemoryBudget } from '../7-relay/memory-budget.ts';
import type { OperationSets } from '../operations/operation-sets.ts';
import type { RequestValidation } from '../validate/request-validation.ts';
import type { OperationLookup } from './operation-lookup.ts';

/** A connection made ready: every step of a request finds here what it needs, nothing is worked out again. */
export interface Route {
  readonly connection: Connection;
  readonly shape: ShapePlan;
  /** What happens to the path behind the connection's name; null: nothing. */
  readonly path: PathSteps | null;
  /** What happens to the path is known with the grant alone: nothing looks at the path before. */
  readonly pathOfGrant: boolean;
  /** The credential, where it stands in the path. */
  readonly key: PathKey | null;
  readonly query: QueryPairs | null;
  /** Which requests go to another than the main host. */
  readonly hosts: readonly HostChoice[];
  /** Where requests go, the main host first, then that of each choice. Hidden: a secret may stand in them. */
  readonly places: Hidden<readonly PlacedDestination[]>;
  /** The sockets to each place. Empty where the connection is not available. */
  readonly pools: readonly UpstreamPool[];
  readonly relay: RelayPlan;
  /** How URLs of the upstream are read, whether or not they are rewritten; null where the connection is not available. */
  readonly links: LinkBase | null;
  /** The descriptions that requests are matched with, where `expose` or `validate` look at operations; null otherwise. */
  readonly descriptions: readonly PlacedDescription[] | null;
  /** The descriptions, whoever looks at them: their matchers are read when they are first asked for. Throws a TableError. */
  readonly described: () => readonly PlacedDescription[];
  readonly operationOf: OperationLookup;
  /** How requests are checked against the descriptions; null under `validate: off`. */
  readonly validation: RequestValidation | null;
  /** Where the credential comes from, if it is asked for while serving: then the route is not whole without one. */
  readonly live: LiveCredential | null;
  /** Signs each request last, where that is how the credential proves itself; null otherwise. */
  readonly signer: RequestSigner | null;
  /** How grants of the connection are made, and tokens asked for; null where the credential was written. */
  readonly signIn: SignIn | null;
  /**
   * Makes the route of one grant; null where requests need none. The route itself then has neither sockets nor a
   * credential, and nothing can be sent on it.
   */
  readonly complete: Completion<Route> | null;
  /** Why the connection cannot be served by this program; null where it can. */
  readonly unavailable: string | null;
}

/** A credential that changes while serving. */
export interface LiveCredential {
  readonly source: CredentialSource;
  /** Gives the route with a credential in place. */
  readonly place: (route: Route, credential: PreparedCredential) => Route;
}

/** A caller made ready. */
export interface KnownCaller extends CallerRights {
  readonly name: string;
  readonly account: string;
  /** May read what is for operators. */
  readonly admin: boolean;
}

/** A table made ready to serve: replaced as a whole, never changed. */
export interface Snapshot {
  readonly digest: string;
  readonly limits: GatewayLimits;
  /** At which URL callers reach the data plane; null where none is declared. */
  readonly public_url: string | null;
  /** Where the data plane is declared to listen. */
  readonly listen: ListenAddress;
  readonly routes: ReadonlyMap<string, Route>;
  /** The operations of every connection, for who lists and names them. */
  readonly operations: OperationSets;
  /** What requests of connections that need one choose their grant from; null where none does. */
  readonly grants: Grants<Route> | null;
  /** Under which URL the control address is reached, where people connect grants; null: where it listens. */
  readonly control_url: string | null;
  /** By the SHA-256 of the key, in hex. */
  readonly callers: ReadonlyMap<string, KnownCaller>;
  /** Who may read /metrics. */
  readonly metrics: Gateway['metrics'];
  readonly policy: RatePolicy;
  readonly rateLimit: RateLimit;
  /** What calls whose answers are held in memory hold together; it goes from table to table. */
  readonly invokeMemory: MemoryBudget;
  /** What ids of sessions with MCP servers are sealed with. */
  readonly sessionKeys: SealingKeys;
  /** Every connection or caller that is not served, with file and line: told at start. */
  readonly notices: readonly string[];
}
