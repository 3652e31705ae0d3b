import { trimSlashes } from '../../table/rules/trim-slashes.ts';
import { readBaseUrl } from '../../table/rules/base-url.ts';
import { fillVariables } from '../../table/rules/variable-text.ts';
import { declaredPrefix, prefixOn } from '../3-resolve/description-prefix.ts';
import { effectiveBaseUrl } from '../3-resolve/effective.ts';
import type { ConnectionModel, DescriptionModel } from '../3-resolve/model.ts';
import { isPrefix } from '../2-parse/openapi/server-path.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { quote } from '../diagnostic/quote.ts';
import type { Rule } from './rule.ts';

/** Documents are those that were pinned, and base_url and description add each path once. */
export const descriptions: Rule = (model, report) => {
  for (const version of model.catalogs.flatMap((catalog) => catalog.versions)) {
    for (const description of version.descriptions) {
      checkDigest(description, report);
      checkPrefix(description, report);
    }
  }
  for (const connection of model.connections) {
    for (const description of connection.catalog?.descriptions ?? []) {
      checkDoubled(connection, description, report);
    }
  }
};

function checkDigest({ fields, sha256, rootSha256 }: DescriptionModel, report: Report): void {
  const pinned = fields.sha256;
  const digest = pinned?.value?.toLowerCase();
  if (pinned === undefined || digest === undefined || sha256 === '') return;
  if (digest === sha256 || digest === rootSha256) return;
  report(
    diagnostic('GW6004', pinned.span, {
      message: 'the document is not the one that was pinned',
      help: `its digest is ${sha256}`,
    }),
  );
}

function checkPrefix(model: DescriptionModel, report: Report): void {
  const own = model.fields.base_path;
  if (own?.value !== undefined && !isPrefix(trimSlashes(own.value))) {
    report(
      diagnostic('GW6008', own.span, {
        message: `${quote(own.value)} is no path that can stand before templates`,
        help: 'write for example /v1',
      }),
    );
  }
  if (own !== undefined || model.description === null || model.description.serverPath !== null) return;
  report(
    diagnostic('GW6008', model.description.serverAt, {
      message: 'the path of the first server cannot be told',
      help: 'set `base_path` of the description in catalog.yaml',
      notes: [{ message: 'the description is named here', span: model.key }],
    }),
  );
}

function checkDoubled(connection: ConnectionModel, model: DescriptionModel, report: Report): void {
  const written = effectiveBaseUrl(connection);
  const declared = declaredPrefix(model);
  const first = model.description?.operations[0];
  if (written?.value === undefined || declared === null || first === undefined) return;
  const url = readBaseUrl(fillVariables(written.value, () => 'x'));
  if ('fault' in url) return;
  const templates = model.description?.operations.map((operation) => operation.path) ?? [];
  const { prefix, doubled } = prefixOn(url.path, declared, templates);
  if (!doubled) return;
  report(
    diagnostic('GW6006', written.span, {
      message: `the path ${quote(url.path)} would stand twice: requests of ${quote(first.id)} would go to ${url.origin}${url.path}${prefix}${first.path}`,
      notes: [{ message: 'the description of these operations', span: model.key }],
      help: 'remove the path from `base_url`, or set `base_path` of the description in catalog.yaml',
    }),
  );
}
