import { splitUrlText } from '../../table/rules/fill-url.ts';
import { placeDestination } from '../../table/rules/place-destination.ts';
import { catalogOAuth2 } from '../3-resolve/effective.ts';
import type { ConnectionModel } from '../3-resolve/model.ts';
import { connectionVariables, namesIn, usedTexts } from '../3-resolve/variables.ts';
import type { UsedText, VariableModel } from '../3-resolve/variables.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Field } from '../fields/field.ts';
import type { Written } from '../fields/written.ts';
import { faultOf } from './catalog-variables.ts';
import type { Rule } from './rule.ts';

/**
 * A secret of whoever runs the gateway goes to no host that is named by whoever connects an account, who would be
 * sent it. What the account itself brings may go where the account says.
 */
export const namedHosts: Rule = (model, report) => {
  for (const connection of model.connections) {
    const variables = connectionVariables(connection);
    // A browser goes there, with what is public.
    const { authorization_url } = catalogOAuth2(connection);
    const texts = usedTexts(connection).filter(({ field }) => field !== authorization_url);
    for (const part of ['destination', 'sign-in'] as const) {
      const used = texts.find((text) => text.part === part && isNamed(text, variables));
      if (used === undefined) continue;
      const [secret] =
        part === 'destination' ? sentSecrets(connection, texts, variables) : ofClient(connection);
      if (secret === undefined) continue;
      report(
        diagnostic('GW4034', secret.span, {
          message: `whoever connects an account to ${quote(connection.name)} names the host that this secret is sent to`,
          notes: [{ message: 'the host is made here', span: used.field.span }],
          help: 'write the variable in `variables` of the connection, or hold it to the domain of the vendor by `pattern` or `values` in the catalog',
        }),
      );
    }
  }
};

type Variables = ReadonlyMap<string, VariableModel>;

/** What somebody may write who wants a host of their own, in the forms that patterns ask for. */
const WRITTEN: readonly string[] = [
  'elsewhere',
  'zqzq',
  'zq',
  '70717',
  ...['example', 'com', 'net', 'org', 'io', 'co', 'dev', 'app', 'ai', 'eu'].map((end) => `elsewhere.${end}`),
];

/**
 * Tells whether the domain of a URL can be chosen by who connects an account: something that they write stands in its last
 * two labels. What stands before those is the vendor's to give.
 */
function isNamed({ field }: UsedText, variables: Variables): boolean {
  const { origin } = splitUrlText(field.value ?? '');
  const written = new Set<string>();
  const placed = placeDestination({ origin, base_path: '' }, (name) => {
    const variable = variables.get(name);
    const chosen = variable === undefined ? undefined : chosenBy(variable);
    if (chosen !== undefined) written.add(chosen.split('.')[0] ?? '');
    return chosen ?? variable?.known ?? 'x';
  });
  if (!('host' in placed)) return false;
  const domain = placed.host.split('.').slice(-2).join('.');
  return [...written].some((word) => domain.includes(word));
}

/** What a person writes, or has in the address that the browser comes back to; all else an authorization server tells. */
function chosenBy({ brought, declared: { value } }: VariableModel): string | undefined {
  const from = value?.from?.value ?? 'connection';
  if (!brought || value === undefined || (from !== 'connection' && from !== 'callback')) return undefined;
  return WRITTEN.find((text) => faultOf(text, value) === null);
}

function ofClient({ fields }: ConnectionModel): Field<Written>[] {
  return fields.oauth2_client_secret === undefined ? [] : [fields.oauth2_client_secret];
}

/** What a connection sends with each request that its operator keeps secret. */
function sentSecrets(
  { fields }: ConnectionModel,
  texts: readonly UsedText[],
  variables: Variables,
): Field<Written>[] {
  const inTexts = texts
    .filter(({ part }) => part !== 'destination' && part !== 'sign-in')
    .flatMap(({ field }) => namesIn(field.value ?? ''))
    .map((name) => variables.get(name)?.given ?? undefined);
  const headers = [...(fields.static_headers?.value?.values() ?? [])];
  return [...headers, ...inTexts].filter(
    (one) => one !== undefined && one.value?.kind !== 'literal',
  ) as Field<Written>[];
}
