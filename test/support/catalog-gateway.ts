import { connectionsOf, hostsOf } from './catalog-rows.ts';
import type { CatalogRow, WrittenConnection } from './catalog-rows.ts';
import { startManyHosts } from './many-hosts.ts';
import type { ManyHosts } from './many-hosts.ts';
import { startFromYaml } from './yaml-gateway.ts';
import type { YamlGateway } from './yaml-gateway.ts';

/** A gateway with connections to catalogs, and the upstream that is all of their hosts. */
export interface CatalogGateway extends ManyHosts {
  readonly gateway: YamlGateway;
}

/** How a gateway of catalogs differs from the plain one. */
export interface CatalogGatewayOptions {
  /** What the upstream answers. */
  readonly answer?: Parameters<typeof startManyHosts>[1];
  /** What every connection writes besides. */
  readonly more?: WrittenConnection;
  /** In place of the secrets that `connectionsOf` plants. */
  readonly environment?: Readonly<Record<string, string>>;
  /** In place of the network that leads every host to the upstream. */
  readonly network?: Partial<ManyHosts['network']>;
}

/** Starts a gateway with the connections that the rows call. Both sides end with the test. */
export async function startCatalogs(
  rows: readonly CatalogRow[],
  { answer, more, environment: other, network }: CatalogGatewayOptions = {},
): Promise<CatalogGateway> {
  const hosts = await startManyHosts(hostsOf(rows), answer);
  const { connections, environment } = connectionsOf(rows, { tls_ca_bundle_pem: '${env:CA}', ...more });
  const gateway = await startFromYaml(
    JSON.stringify({ connections }),
    { ...environment, ...other, CA: hosts.ca },
    { network: { ...hosts.network, ...network }, publicUrl: 'https://gw.example.com' },
  );
  return { ...hosts, gateway };
}
