import { basicFault } from '../../table/rules/basic-credential.ts';
import type { BasicFault } from '../../table/rules/basic-credential.ts';
import { headerValueFault } from '../../table/rules/header-syntax.ts';
import type { HeaderValueFault } from '../../table/rules/header-syntax.ts';
import type { CredentialPlan, Place, Secret, Value } from '../../table/types.ts';
import { encodePair } from '../4-shape/shape-query.ts';
import type { QueryKey } from '../4-shape/shape-query.ts';
import { Hidden } from '../hidden.ts';

/** A credential made ready: what each request of its connection gets. */
export interface PreparedCredential {
  /** Flat: name, value. Empty where the credential is not a header. */
  readonly headers: Hidden<readonly string[]>;
  readonly query: QueryKey | null;
  /** What must not come back in an answer: the secret, and the forms in which it was sent. */
  readonly secrets: Hidden<readonly string[]>;
}

/** Why a resolved secret cannot be sent. Never the value. */
export interface CredentialFault {
  readonly at: Place;
  readonly why: string;
}

/** Gives the text of a value of the table, secrets resolved. */
export type Reveal = (value: Value) => Hidden<string>;

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

const NOTHING: PreparedCredential = { headers: new Hidden([]), query: null, secrets: new Hidden([]) };

/**
 * Gives a credential plan with its secrets in place, checked like header values now that they are known,
 * or the fault. null: the plan needs what this program does not serve (OAuth, grants), so the connection
 * is not available; nothing is ever sent without its credential.
 */
export function prepareCredential(
  plan: CredentialPlan,
  reveal: Reveal,
): PreparedCredential | CredentialFault | null {
  if (plan.kind === 'none') return NOTHING;
  if (plan.kind === 'header' || plan.kind === 'query') return placed(plan, reveal(plan.secret).reveal());
  return plan.kind === 'basic' ? basic(plan, reveal) : null;
}

/** Gives why a resolved value cannot stand in a header, or null. */
export function valueFault(value: string, at: Place): CredentialFault | null {
  const fault = headerValueFault(value);
  return fault === null ? null : { at, why: WHY[fault] };
}

interface Placed {
  readonly kind: 'header' | 'query';
  readonly name: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly secret: Secret;
}

function placed(plan: Placed, secret: string): PreparedCredential | CredentialFault {
  const fault = valueFault(secret, plan.secret.at);
  if (fault !== null) return fault;
  const value = plan.prefix + secret + plan.suffix;
  if (plan.kind === 'header') {
    return { headers: new Hidden([plan.name, value]), query: null, secrets: new Hidden([secret]) };
  }
  const query = { name: plan.name, pair: new Hidden(encodePair(plan.name, value)) };
  return { headers: new Hidden([]), query, secrets: new Hidden([secret]) };
}

function basic(
  plan: Extract<CredentialPlan, { kind: 'basic' }>,
  reveal: Reveal,
): PreparedCredential | CredentialFault {
  const username = reveal(plan.username).reveal();
  const password = plan.password === null ? '' : reveal(plan.password).reveal();
  const inUsername = basicFault('username', username);
  if (inUsername !== null) return { at: plan.username.at, why: BASIC_WHY[inUsername] };
  const inPassword = basicFault('password', password);
  if (plan.password !== null && inPassword !== null)
    return { at: plan.password.at, why: BASIC_WHY[inPassword] };
  const pair = Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
  const hidden = 'text' in plan.username ? [password, pair] : [username, password, pair];
  return {
    headers: new Hidden(['Authorization', `Basic ${pair}`]),
    query: null,
    secrets: new Hidden(hidden.filter((secret) => secret !== '')),
  };
}
