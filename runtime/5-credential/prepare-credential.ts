import { basicFault } from '../../table/rules/basic-credential.ts';
import type { BasicFault } from '../../table/rules/basic-credential.ts';
import { encodeSegment, isSegment } from '../../table/rules/encode-segment.ts';
import { headerValueFault } from '../../table/rules/header-syntax.ts';
import type { HeaderValueFault } from '../../table/rules/header-syntax.ts';
import type { CredentialPlan, Place, TokenPlacement, Value } from '../../table/types.ts';
import type { PathKey } from '../2-match/fill-segment.ts';
import { Hidden } from '../hidden.ts';

/** A credential made ready: what each request of its connection gets. */
export interface PreparedCredential {
  /** Flat: name, value. Empty where the credential is not a header. */
  readonly headers: Hidden<readonly string[]>;
  /** The pair that comes last in the query, decoded; null where the credential is not there. */
  readonly query: Hidden<readonly [name: string, value: string]> | null;
  readonly path: PathKey | null;
  /** What must not come back in an answer: the secret, and the forms in which it was sent. */
  readonly secrets: Hidden<readonly string[]>;
}

/** Why a resolved secret cannot be sent. Never the value. */
export interface CredentialFault {
  readonly at: Place;
  readonly why: string;
}

/** The values of a connection, secrets resolved and variables filled. */
export interface KnownValues {
  readonly reveal: (value: Value) => Hidden<string>;
  /** Tells whether a value is written as a secret, or has a part that is, rather than as public text. */
  readonly isSecret: (value: Value) => boolean;
}

const WHY: Readonly<Record<HeaderValueFault, string>> = {
  cr_lf_nul: 'the value has a CR, LF or NUL',
  control: 'the value has a control character',
  not_latin1: 'the value has a character outside Latin-1',
  edge_space: 'the value begins or ends with white space',
};

const BASIC_WHY: Readonly<Record<BasicFault, string>> = {
  colon: 'a basic username cannot have a colon (RFC 7617)',
  control: 'the value has a control character (RFC 7617)',
};

/** What requests get where there is no credential. */
export const NO_CREDENTIAL: PreparedCredential = {
  headers: new Hidden([]),
  query: null,
  path: null,
  secrets: new Hidden([]),
};

/**
 * Gives a credential plan with its secrets in place, checked like header values now that they are known,
 * or the fault. null: the credential is known only while serving (OAuth, MCP).
 */
export function prepareCredential(
  plan: CredentialPlan,
  values: KnownValues,
): PreparedCredential | CredentialFault | null {
  if (plan.kind === 'none') return NO_CREDENTIAL;
  if (plan.kind === 'header' || plan.kind === 'query' || plan.kind === 'path')
    return placed(plan, values.reveal(plan.secret), plan.secret.at);
  return plan.kind === 'basic' ? basic(plan, values) : null;
}

/** Gives an access token where it goes, or why it cannot go there. `at` is where its connection asks for it. */
export function prepareToken(
  { in: kind, name, prefix, suffix }: TokenPlacement,
  token: Hidden<string>,
  at: Place,
): PreparedCredential | CredentialFault {
  return placed({ kind, name, prefix, suffix }, token, at);
}

/** Gives why a resolved value cannot stand in a header, or null. */
export function valueFault(value: string, at: Place): CredentialFault | null {
  const fault = headerValueFault(value);
  return fault === null ? null : { at, why: WHY[fault] };
}

/** A place, and what stands there around the secret. */
type Placed =
  | (Omit<TokenPlacement, 'in'> & { readonly kind: 'header' })
  | (Omit<TokenPlacement, 'in'> & { readonly kind: 'query' })
  | Omit<Extract<CredentialPlan, { kind: 'path' }>, 'secret'>;

function placed(plan: Placed, hidden: Hidden<string>, at: Place): PreparedCredential | CredentialFault {
  const secret = hidden.reveal();
  const fault = valueFault(secret, at);
  if (fault !== null) return fault;
  const value = plan.prefix + secret + plan.suffix;
  const prepared = { ...NO_CREDENTIAL, secrets: new Hidden([secret]) };
  if (plan.kind === 'header') return { ...prepared, headers: new Hidden([plan.name, value]) };
  if (plan.kind === 'query') return { ...prepared, query: new Hidden([plan.name, value]) };
  if (!isSegment(value)) return { at, why: 'the value cannot be a segment of a path' };
  const path = { segment: plan.segment, value: new Hidden(encodeSegment(value)) };
  return { ...prepared, path, secrets: new Hidden([value, path.value.reveal(), secret]) };
}

function basic(
  plan: Extract<CredentialPlan, { kind: 'basic' }>,
  { reveal, isSecret }: KnownValues,
): PreparedCredential | CredentialFault {
  const username = reveal(plan.username).reveal();
  const password = plan.password === null ? '' : reveal(plan.password).reveal();
  const inUsername = basicFault('username', username);
  if (inUsername !== null) return { at: plan.username.at, why: BASIC_WHY[inUsername] };
  const inPassword = basicFault('password', password);
  if (plan.password !== null && inPassword !== null)
    return { at: plan.password.at, why: BASIC_WHY[inPassword] };
  const pair = Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
  const hidden = [pair];
  if (isSecret(plan.username)) hidden.push(username);
  if (plan.password !== null && isSecret(plan.password)) hidden.push(password);
  return {
    ...NO_CREDENTIAL,
    headers: new Hidden(['Authorization', `Basic ${pair}`]),
    secrets: new Hidden(hidden.filter((secret) => secret !== '')),
  };
}
