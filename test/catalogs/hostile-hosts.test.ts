import { expect, test } from 'vitest';
import { compileFolder } from '../../cli/compile-folder.ts';
import { startCatalogs } from '../support/catalog-gateway.ts';
import { beginningsOf, catalogRows, connectionsOf } from '../support/catalog-rows.ts';
import type { CatalogRow, WrittenConnection } from '../support/catalog-rows.ts';
import { folderOf } from '../support/folder.ts';
import { told } from '../support/planted.ts';
import { sendRaw } from '../support/raw-caller.ts';
import { shippedCatalogs } from '../support/shipped-catalogs.ts';
import { codeOf } from '../support/sides.ts';
import { GATEWAY_KEY, startFromYaml } from '../support/yaml-gateway.ts';

/** A host that a catalog leaves to whoever writes the connection must be no way into other networks, nor out of the vendor's. */

/** What stands in a host, and must not. Each variable also refuses what does not fit its own pattern. */
const HOSTILE = [
  'evil.com/',
  'evil.com#',
  'evil.com@',
  'evil.com?',
  'evil.com\\',
  'evil.com:x',
  'a@evil.com',
  '%65vil.com',
  'a b',
  'ac\u00e9',
  '.',
  'a..b',
  '',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '127.0.0.1',
  '169.254.169.254',
  '10.0.0.1:443',
  '0x7f.1',
  '2130706433',
  'localhost',
];

/** What is a name under the vendor's own domain, and so no way out of it. */
const A_LABEL = ['2130706433', 'localhost'];
const LABELS = ['127.0.0.1', '169.254.169.254', '0x7f.1', ...A_LABEL];

/** What the variables take of it: where the whole host is the user's, a name; it is judged when it is looked up. */
const TAKEN: Readonly<Record<string, readonly string[]>> = {
  'active-campaign account': A_LABEL,
  'chargebee subdomain': A_LABEL,
  'clickfunnels subdomain': A_LABEL,
  'confluence site': A_LABEL,
  'grafana host': ['localhost'],
  'jira site': A_LABEL,
  'kibana host': ['localhost'],
  'mailchimp dc': ['localhost'],
  'mailgun region_host': [],
  'posthog subdomain': [],
  'salesforce instance': LABELS,
  'sentry subdomain': A_LABEL,
  'wati tenant': A_LABEL,
  'woocommerce store_url': ['localhost'],
  'wrike host': [],
};

const ROWS = catalogRows();

/** A variable of a host, and a row that its catalog is called by. */
interface HostVariable {
  readonly name: string;
  readonly row: CatalogRow;
  readonly taken: readonly string[];
}

/** Every variable in a host of every catalog. */
const VARIABLES: readonly HostVariable[] = shippedCatalogs().flatMap(({ name: catalog, baseUrls }) => {
  const rows = ROWS.filter((row) => row.catalog === catalog);
  return [...new Set(baseUrls.flatMap(variablesOfHost))].flatMap((name) => {
    const row = rows.find(({ variables }) => name in variables) ?? rows[0];
    const family = catalog.startsWith('zoho-') ? [] : TAKEN[`${catalog} ${name}`];
    return row === undefined ? [] : { name, row, taken: family ?? HOSTILE };
  });
});

function variablesOfHost(baseUrl: string): string[] {
  const [host = ''] = baseUrl.replace(/^https:\/\//, '').split('/');
  return [...host.matchAll(/\{([a-z_]+)\}/g)].map((match) => match[1] ?? '');
}

/** A connection that gives a variable a value. */
interface Attempt {
  readonly title: string;
  readonly taken: boolean;
  readonly written: WrittenConnection;
  readonly environment: Readonly<Record<string, string>>;
}

/** Gives a connection for each hostile value of each variable, the value written literally or as a reference. */
function attempts(write: (value: string, at: number) => string): Attempt[] {
  return VARIABLES.flatMap(({ name, row, taken }) =>
    HOSTILE.map((value, at) => {
      const { connections, environment } = connectionsOf([row]);
      const plain = connections[row.connection];
      return {
        title: `${row.catalog} ${name}: ${value}`,
        taken: taken.includes(value),
        written: { ...plain, variables: { ...row.variables, [name]: write(value, at) } },
        environment,
      };
    }),
  );
}

/** Gives YAML with each connection on a line of its own. */
function yamlOf(tried: readonly Attempt[]): string {
  const lines = tried.map(({ written }, at) => `  c${at}: ${JSON.stringify(written)}`);
  return `connections:\n${lines.join('\n')}\n`;
}

test('the list of what is taken names variables of hosts alone, and every one of them is tried', () => {
  const found = VARIABLES.map(({ name, row }) => `${row.catalog} ${name}`);
  expect(found.filter((one) => !one.startsWith('zoho-')).toSorted()).toEqual(Object.keys(TAKEN).toSorted());
  expect(found.filter((one) => /^zoho-\w+ extension$/.test(one))).toHaveLength(10);
});

test('written literally, hostile values are diagnostics, each at its connection', async () => {
  const tried = attempts((value) => value);
  const folder = folderOf({ 'gateway.d/10.yaml': yamlOf(tried) });
  const { diagnostics, table } = await compileFolder(folder, { literalSecrets: 'error' });
  expect(table).toBeNull();
  // The first connection stands on the second line.
  const refused = new Set(diagnostics.map(({ span }) => span.source.positionAt(span.start).line - 2));
  expect(tried.filter((_one, at) => !refused.has(at)).map(({ title }) => title)).toEqual(
    tried.filter(({ taken }) => taken).map(({ title }) => title),
  );
});

test('as secrets, hostile values stop the start, and are not told', async () => {
  const tried = attempts((_value, at) => `\${env:HOSTILE_${at}}`);
  const environment = Object.assign(
    Object.fromEntries(HOSTILE.map((value, at) => [`HOSTILE_${at}`, value])),
    ...tried.map((one) => one.environment),
  ) as Record<string, string>;
  const error: unknown = await startFromYaml(yamlOf(tried), environment).catch((thrown: unknown) => thrown);
  const refused = new Set(
    [...String(error).matchAll(/connection c(\d+):/g)].map((match) => Number(match[1])),
  );
  expect(tried.filter((_one, at) => !refused.has(at)).map(({ title }) => title)).toEqual(
    tried.filter(({ taken }) => taken).map(({ title }) => title),
  );
  for (const value of HOSTILE.filter((one) => /evil|254|localhost/.test(one)))
    expect(String(error)).not.toContain(value);
});

/** One row for each variable, with a host that is well formed. */
const CALLED = VARIABLES.map(({ row }) => row);

test.each([
  ['127.0.0.1', 403],
  ['169.254.169.254', 403],
  ['10.1.2.3', 403],
  ['::1', 403],
  ['::ffff:169.254.169.254', 403],
  ['93.184.215.14', 200],
])('a templated host whose name leads to %s is answered %i', async (address, status) => {
  const seen = await calling(address, {});
  expect(seen).toEqual({
    answers: CALLED.map(({ connection }) => `${connection} ${status} ${status === 200 ? null : 'forbidden'}`),
    arrived: status === 200 ? CALLED.length : 0,
    reached: status === 200,
  });
});

test('with allow_private, a templated host may lead there', async () => {
  const { answers } = await calling('127.0.0.1', { allow_private: ['127.0.0.0/8'] });
  expect(answers).toEqual(CALLED.map(({ connection }) => `${connection} 200 null`));
});

/** Calls every templated host while all names have this address. */
async function calling(address: string, more: WrittenConnection) {
  const { gateway, upstream } = await startCatalogs(CALLED, {
    more,
    network: { resolve: () => Promise.resolve([address]) },
  });
  const answers: string[] = [];
  const said: string[] = [];
  for (const { connection, target } of CALLED) {
    const head = [`GET ${target} HTTP/1.1`, 'Host: gw', `X-API-Key: ${GATEWAY_KEY}`, '', ''].join('\r\n');
    const { bytes, statuses } = await sendRaw(gateway.port, head);
    answers.push(`${connection} ${statuses.join()} ${codeOf(bytes)}`);
    said.push(bytes);
  }
  const secrets = beginningsOf(connectionsOf(CALLED).environment);
  expect(told([...said, ...gateway.log].join('\n'), { ...secrets, GATEWAY_KEY })).toEqual([]);
  return { answers, arrived: upstream.requests.length, reached: upstream.sockets > 0 };
}
