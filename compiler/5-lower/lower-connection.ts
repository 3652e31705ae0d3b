import { byCodeUnit } from '../../table/rules/by-code-unit.ts';
import type { CatalogUse, Connection, ConnectionLimits, VerifyRequest } from '../../table/types.ts';
import { declaredPrefix, prefixOn } from '../3-resolve/description-prefix.ts';
import type { CatalogVersion, ConnectionModel, DescriptionModel } from '../3-resolve/model.ts';
import { placeOf } from '../source/span.ts';
import { lowerCredential } from './lower-credential.ts';
import type { LoweredDescriptions } from './lower-descriptions.ts';
import { lowerHeaders } from './lower-headers.ts';
import { lowerRetry } from './lower-retry.ts';
import { lowerPath, lowerQuery, lowerUpstream } from './lower-upstream.ts';
import { lowerVariables, textFiller } from './lower-variables.ts';
import { must } from './values.ts';

/** Gives a connection of the table, defaults filled. */
export function lowerConnection(
  connection: ConnectionModel,
  descriptions: LoweredDescriptions['indexOf'],
): Connection {
  const { fields, name, authMode } = connection;
  if (authMode === null) throw new Error('a connection without auth_mode passed the checks');
  const upstream = lowerUpstream(connection);
  const filler = textFiller(connection);
  return {
    name,
    at: placeOf(connection.key),
    description: fields.description?.value ?? null,
    auth_mode: authMode,
    upstream,
    path: lowerPath(connection, filler),
    headers: lowerHeaders(connection, filler),
    query: lowerQuery(connection, filler),
    credential: lowerCredential(connection, filler),
    grants: fields.grants?.value ?? false,
    validate: fields.validate?.value ?? 'off',
    expose: fields.expose?.value ?? 'all',
    cookies: fields.cookies?.value ?? 'drop',
    forwarded: fields.forwarded?.value ?? false,
    allow_encoded_slash: fields.allow_encoded_slash?.value ?? false,
    allow_private: (fields.allow_private?.value ?? []).flatMap((block) => block.value ?? []).sort(byCodeUnit),
    rewrite_links: fields.rewrite_links?.value ?? true,
    limits: lowerLimits(connection),
    variables: lowerVariables(connection),
    catalog: lowerCatalog(connection, upstream.base_path, descriptions),
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
    docs: catalog.facts.docs?.value ?? null,
    verify: lowerVerify(catalog),
    retry: lowerRetry(catalog.facts.retry?.value),
    descriptions: catalog.descriptions.map((model) => {
      const entry = descriptions.get(model);
      if (entry === undefined) throw new Error('a description that a connection uses was not lowered');
      return { name: model.name, prefix: prefixOf(model, basePath), entry };
    }),
  };
}

function lowerVerify({ facts }: CatalogVersion): VerifyRequest | null {
  const verify = facts.verify?.value;
  return verify === undefined ? null : { method: must(verify.method), path: must(verify.path) };
}

function prefixOf(model: DescriptionModel, basePath: string): string {
  const templates = model.description?.operations.map((operation) => operation.path) ?? [];
  return prefixOn(basePath, declaredPrefix(model) ?? '', templates).prefix;
}
