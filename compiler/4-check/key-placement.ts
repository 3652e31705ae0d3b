import { basicFault } from '../../table/rules/basic-credential.ts';
import { isSegment } from '../../table/rules/encode-segment.ts';
import { headerValueFault, isHeaderName } from '../../table/rules/header-syntax.ts';
import { PATH_PLACEHOLDER } from '../../table/rules/path-placeholder.ts';
import { HALF_PAIR, isParameterName } from '../../table/rules/parameter-name.ts';
import { apiKeyHeaderFault } from '../../table/rules/operator-headers.ts';
import { catalogFacts } from '../3-resolve/catalog-facts.ts';
import { credentialParameterName, effectiveQuery } from '../3-resolve/effective.ts';
import type { ConnectionModel } from '../3-resolve/model.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { CatalogBasicKeys } from '../fields/catalog-auth-fields.ts';
import type { CatalogVersionFields } from '../fields/catalog-fields.ts';
import type { Field, Fields } from '../fields/field.ts';
import { reportName } from './headers.ts';
import type { Rule } from './rule.ts';

/** The header or parameter of an API key can carry it, and a catalog's `value` holds the key once. */
export const keyPlacement: Rule = (model, report) => {
  for (const { fields } of model.connections) {
    checkHeader('api_key_header', fields.api_key_header, report);
    checkParameter('api_key_param', fields.api_key_param, report);
  }
  for (const facts of catalogFacts(model)) {
    const auth = facts.auth?.value;
    const sends = [auth?.oauth2?.value?.send?.value, auth?.oauth2_client_credentials?.value?.send?.value];
    for (const key of [auth?.api_key?.value, ...sends]) {
      if (key?.in?.value === 'header') checkHeader('name', key.name, report);
      if (key?.in?.value === 'query') checkParameter('name', key.name, report);
      if (key?.in?.value === 'path') checkSegment(key.name, report);
      checkTemplate(key?.value, key?.in?.value === 'path', report);
    }
    checkBasic(auth?.basic?.value, report);
    for (const [name, field] of facts.query?.value ?? []) checkPair(name, field, report);
  }
  for (const { facts } of model.catalogs.flatMap((catalog) => catalog.versions)) checkReplaced(facts, report);
  for (const connection of model.connections) checkAgainstQuery(connection, report);
};

function checkPair(name: string, field: Field<string>, report: Report): void {
  if (!isParameterName(name))
    report(diagnostic('GW4014', field.key, { message: `${quote(name)} is no query parameter` }));
  if (field.value === undefined || !HALF_PAIR.test(field.value)) return;
  report(
    diagnostic('GW4014', field.span, {
      message: `the value of ${quote(name)} holds half a surrogate pair, which no URL can carry`,
    }),
  );
}

/** A segment stands for the key, or for what the catalog puts there. */
function checkReplaced({ auth, path }: CatalogVersionFields, report: Report): void {
  const key = auth?.value?.api_key?.value;
  const name = key?.in?.value === 'path' ? key.name : undefined;
  const replaced = path?.value?.replace?.value?.get(name?.value ?? '');
  if (name?.value === undefined || replaced === undefined) return;
  report(
    diagnostic('GW4014', name.span, {
      message: `${quote(name.value)} stands for the key, and is replaced by something else`,
      notes: [{ message: 'it is replaced here', span: replaced.key }],
    }),
  );
}

/** A catalog cannot know which query parameter a connection chooses for its key. */
function checkAgainstQuery(connection: ConnectionModel, report: Report): void {
  const parameter = credentialParameterName(connection);
  const line = parameter === null ? undefined : effectiveQuery(connection).get(parameter);
  if (line === undefined || parameter === null) return;
  report(
    diagnostic('GW4014', connection.fields.api_key_param?.key ?? connection.key, {
      message: `the credential goes into the query parameter ${quote(parameter)}, which the catalog sets too`,
      notes: [{ message: 'the catalog sets it here', span: line.key }],
    }),
  );
}

function checkSegment(field: Field<string> | undefined, report: Report): void {
  if (field?.value === undefined || PATH_PLACEHOLDER.test(field.value)) return;
  report(
    diagnostic('GW4014', field.span, {
      message: `${quote(field.value)} is no placeholder in a path`,
      help: 'write a colon and a name, such as `:token`; it stands for a whole segment',
    }),
  );
}

/** With either half written by the catalog, the other half of the pair is its too, and one of them is the credential. */
function checkBasic(basic: Fields<CatalogBasicKeys> | undefined, report: Report): void {
  const halves = [basic?.username, basic?.password].filter((half) => half !== undefined);
  const [first] = halves;
  if (first === undefined || halves.some((half) => half.value === undefined)) return;
  const credentials = halves.filter((half) => half.value === '{credential}').length;
  for (const [part, half] of [
    ['username', basic?.username],
    ['password', basic?.password],
  ] as const) {
    const fault = half?.value === undefined ? null : basicFault(part, half.value);
    if (half === undefined || fault === null) continue;
    const held = fault === 'colon' ? 'a colon, which ends the user name' : 'a control character';
    report(diagnostic('GW4014', half.span, { message: `\`${part}\` holds ${held}` }));
  }
  if (
    credentials === 1 &&
    halves.every((half) => half.value === '{credential}' || !/[{}]/.test(half.value ?? ''))
  )
    return;
  report(
    diagnostic('GW4014', first.span, {
      message: 'one of `username` and `password` is "{credential}", the other is written out',
      help: 'leave both out where connections give both',
    }),
  );
}

function checkHeader(key: string, field: Field<string> | undefined, report: Report): void {
  if (field?.value === undefined) return;
  const name = field.value;
  if (name === '') {
    report(
      diagnostic('GW4013', field.span, {
        message: `${quote(key)} is empty`,
        help: 'write the name of the header that carries the key',
      }),
    );
  } else if (!isHeaderName(name)) {
    reportName('GW4013', name, field.span, report);
  } else if (apiKeyHeaderFault(name) !== null) {
    report(
      diagnostic('GW4013', field.span, {
        message: `the header ${quote(name)} cannot carry an API key`,
        help: 'it is dropped or written anew on the way to the upstream',
      }),
    );
  }
}

function checkParameter(key: string, field: Field<string> | undefined, report: Report): void {
  if (field?.value === undefined || isParameterName(field.value)) return;
  const fault = field.value === '' ? 'is empty' : 'holds half a surrogate pair, which no URL can carry';
  report(
    diagnostic('GW4014', field.span, {
      message: `${quote(key)} ${fault}`,
      help: 'write the name of the query parameter that carries the key',
    }),
  );
}

function checkTemplate(field: Field<string> | undefined, inPath: boolean, report: Report): void {
  if (field?.value === undefined) return;
  const parts = field.value.split('{credential}');
  const takes = inPath ? isSegment : (text: string): boolean => headerValueFault(text) === null;
  if (parts.length === 2 && takes(parts.join('x'))) return;
  report(
    diagnostic('GW4014', field.span, {
      message: `\`value\` holds \`{credential}\` exactly once, and what a ${inPath ? 'segment of a path' : 'header'} can carry around it`,
      help: inPath ? 'write for example "bot{credential}"' : 'write for example "Bearer {credential}"',
    }),
  );
}
