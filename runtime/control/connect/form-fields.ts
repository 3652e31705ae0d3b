import { basicFault } from '../../../table/rules/basic-credential.ts';
import { headerValueFault } from '../../../table/rules/header-syntax.ts';
import { HALF_PAIR } from '../../../table/rules/parameter-name.ts';
import { variableValueFault } from '../../../table/rules/whole-pattern.ts';
import type { LinearEngine } from '../../../table/rules/whole-pattern.ts';
import type { Connection, Variable } from '../../../table/types.ts';
import type { GrantCredential } from '../../grants/grant.ts';
import type { SignIn } from '../../grants/sign-in.ts';
import { variableLabel } from './variable-label.ts';

/** What a person writes into a form. */
export interface FormField {
  /** Its name in the form. */
  readonly name: string;
  readonly label: string;
  readonly hint: string | null;
  /** Is not shown while it is written, and not shown again. */
  readonly secret: boolean;
  readonly required: boolean;
  /** What it may be; empty is anything. */
  readonly values: readonly string[];
  readonly initial: string;
  /** Gives why a value does not fit, as the rest of a sentence; null where it does. */
  readonly faultOf: (value: string) => Promise<string | null>;
}

/** What of a form a name begins with where it is a variable's. */
const VARIABLE = 'variable-';

/** Gives what a person writes so that a connection can be used: what only they know of it. */
export function formFields({ kind, connection }: SignIn): FormField[] {
  const secrets = kind === 'form' ? credentialFields(connection) : [];
  return [...connection.variables.filter((one) => isWritten(one, kind)).map(variableField), ...secrets];
}

/** A form has no answer to read a variable from: there a person writes what a consent would have told. */
function isWritten({ value, source }: Variable, kind: SignIn['kind']): boolean {
  return value === null && (source.kind === 'connection' || kind === 'form');
}

function variableField(variable: Variable): FormField {
  const { name, optional, pattern, values, default: initial } = variable;
  const { label, hint } = variableLabel(variable);
  const shape = pattern === null ? null : `Has to match ${pattern}`;
  return {
    name: `${VARIABLE}${name}`,
    label,
    hint: hint === null || shape === null ? (hint ?? shape) : `${hint} ${shape}`,
    secret: false,
    required: !optional && initial === null,
    values,
    initial: initial ?? '',
    faultOf: async (value) => {
      if (HALF_PAIR.test(value)) return 'is not text';
      // Loaded when it is needed: few connections have such a variable.
      const engine = pattern === null ? null : (await import('re2js')).RE2JS;
      return variableValueFault(value, variable, () => engine as LinearEngine);
    },
  };
}

function credentialFields(connection: Connection): FormField[] {
  const brought = broughtSecrets(connection);
  const field = (name: 'credential' | 'username' | 'password', label: string): FormField[] =>
    brought.has(name)
      ? [
          {
            name,
            label,
            hint: null,
            secret: name !== 'username',
            required: name !== 'password',
            values: [],
            initial: '',
            faultOf: (value) => Promise.resolve(secretFault(name, value)),
          },
        ]
      : [];
  return [
    ...field('username', 'User name'),
    ...field('password', 'Password'),
    ...field('credential', 'API key or token'),
  ];
}

/** Gives what of the credential's plan a grant brings. */
function broughtSecrets({ credential }: Connection): ReadonlySet<string> {
  const values =
    credential.kind === 'basic'
      ? [credential.username, credential.password]
      : 'secret' in credential
        ? [credential.secret]
        : [];
  return new Set(values.flatMap((value) => (value !== null && 'grant' in value ? [value.grant] : [])));
}

function secretFault(name: 'credential' | 'username' | 'password', value: string): string | null {
  if (name === 'credential')
    return headerValueFault(value) === null ? null : 'has a character that no key can have';
  const fault = basicFault(name, value);
  if (fault === 'colon') return 'has a colon, which no user name can have';
  return fault === null ? null : 'has a character that cannot be sent';
}

/** What was written into a form. */
export interface Written {
  readonly variables: Readonly<Record<string, string>>;
  /** null where the form asks for none. */
  readonly credential: GrantCredential | null;
  /** By the name of the field. */
  readonly faults: ReadonlyMap<string, string>;
}

/** Gives what was written into the fields of a form, each value checked. */
export async function readForm(fields: readonly FormField[], form: URLSearchParams): Promise<Written> {
  const values = new Map<string, string>();
  const faults = new Map<string, string>();
  for (const field of fields) {
    const value = valueOf(field, form);
    const fault = value === '' ? null : await field.faultOf(value);
    if (value === '' && field.required) faults.set(field.name, 'is needed');
    else if (fault !== null) faults.set(field.name, fault);
    else if (value !== '' || field.name === 'password') values.set(field.name, value);
  }
  const variables = [...values].filter(([name]) => name.startsWith(VARIABLE));
  return {
    variables: Object.fromEntries(variables.map(([name, value]) => [name.slice(VARIABLE.length), value])),
    credential: credentialOf(values),
    faults,
  };
}

/** Gives what was written into a field. White space around what was pasted belongs to nothing but a password. */
export function valueOf({ name }: FormField, form: URLSearchParams): string {
  const value = form.get(name) ?? '';
  return name === 'password' ? value : value.trim();
}

function credentialOf(values: ReadonlyMap<string, string>): GrantCredential | null {
  const secret = values.get('credential');
  if (secret !== undefined) return { kind: 'key', secret };
  const username = values.get('username');
  return username === undefined ? null : { kind: 'basic', username, password: values.get('password') ?? '' };
}

/** Gives the name of a variable's field. */
export function variableFieldName(variable: string): string {
  return `${VARIABLE}${variable}`;
}
