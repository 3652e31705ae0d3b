import type { CatalogUse, Connection, ConnectionLimits, Upstream } from '../../table/types.ts';
import { readBaseUrl } from '../../table/rules/base-url.ts';
import { declaredPrefix, prefixOn } from '../3-resolve/description-prefix.ts';
import { effectiveBaseUrl } from '../3-resolve/effective.ts';
import type { ConnectionModel, DescriptionModel } from '../3-resolve/model.ts';
import { placeOf } from '../source/span.ts';
import { lowerCredential } from './lower-credential.ts';
import type { LoweredDescriptions } from './lower-descriptions.ts';
import { lowerHeaders } from './lower-headers.ts';
import { byCodeUnit, lowerSecret, lowerValue, must } from './values.ts';

/** Gives a connection of the table, defaults filled. */
export function lowerConnection(
  connection: ConnectionModel,
  descriptions: LoweredDescriptions['indexOf'],
): Connection {
  const { fields, name, authMode } = connection;
  if (authMode === null) throw new Error('a connection without auth_mode passed the checks');
  const upstream = lowerUpstream(connection);
  return {
    name,
    at: placeOf(connection.key),
    description: fields.description?.value ?? null,
    auth_mode: authMode,
    upstream,
    headers: lowerHeaders(connection),
    credential: lowerCredential(connection),
    grants: fields.grants?.value ?? false,
    validate: fields.validate?.value ?? 'off',
    expose: fields.expose?.value ?? 'all',
    cookies: fields.cookies?.value ?? 'drop',
    forwarded: fields.forwarded?.value ?? false,
    allow_encoded_slash: fields.allow_encoded_slash?.value ?? false,
    allow_private: (fields.allow_private?.value ?? []).flatMap((block) => block.value ?? []).sort(byCodeUnit),
    rewrite_links: fields.rewrite_links?.value ?? true,
    limits: lowerLimits(connection),
    variables: [...(fields.variables?.value ?? [])]
      .map(([variable, field]) => [variable, lowerValue(field)] as const)
      .sort(([a], [b]) => byCodeUnit(a, b)),
    catalog: lowerCatalog(connection, upstream.base_path, descriptions),
  };
}

function lowerUpstream(connection: ConnectionModel): Upstream {
  const { fields } = connection;
  const url = readBaseUrl(must(effectiveBaseUrl(connection)));
  if ('fault' in url) throw new Error('a base_url passed the checks and cannot be read');
  const { tls_ca_bundle_pem: bundle, mtls_client_cert_pem: certificate, mtls_client_key_pem: key } = fields;
  return {
    origin: url.origin,
    base_path: url.path,
    tls_ca_bundle_pem: bundle === undefined ? null : lowerValue(bundle),
    mtls_client_cert_pem: certificate === undefined ? null : lowerValue(certificate),
    mtls_client_key_pem: key === undefined ? null : lowerSecret(key),
  };
}

function lowerLimits({ fields }: ConnectionModel): ConnectionLimits {
  const limits = fields.limits?.value ?? {};
  return {
    connect_timeout_ms: fields.connect_timeout?.value ?? 10_000,
    call_timeout_ms: fields.call_timeout?.value ?? 60_000,
    upstream_idle_timeout_ms: limits.upstream_idle_timeout?.value ?? 120_000,
    body_max_bytes: limits.body_max?.value ?? null,
    validate_body_max_bytes: limits.validate_body_max?.value ?? 1_048_576,
    max_response_bytes: fields.max_response_bytes?.value ?? 10_485_760,
    upstream_headers_max_bytes: limits.upstream_headers_max?.value ?? 65_536,
    upstream_sockets_max: limits.upstream_sockets_max?.value ?? 128,
    upstream_queue_max: limits.upstream_queue_max?.value ?? 1000,
  };
}

function lowerCatalog(
  { catalog }: ConnectionModel,
  basePath: string,
  descriptions: LoweredDescriptions['indexOf'],
): CatalogUse | null {
  if (catalog === null) return null;
  return {
    name: catalog.catalog.name,
    version: catalog.version,
    origin: catalog.catalog.origin,
    descriptions: catalog.descriptions.map((model) => {
      const entry = descriptions.get(model);
      if (entry === undefined) throw new Error('a description that a connection uses was not lowered');
      return { name: model.name, prefix: prefixOf(model, basePath), entry };
    }),
  };
}

function prefixOf(model: DescriptionModel, basePath: string): string {
  const templates = model.description?.operations.map((operation) => operation.path) ?? [];
  return prefixOn(basePath, declaredPrefix(model) ?? '', templates).prefix;
}
