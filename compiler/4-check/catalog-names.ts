import type { CatalogModel } from '../3-resolve/model.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { didYouMean } from '../../table/rules/nearest-name.ts';
import { quote, quoteList } from '../diagnostic/quote.ts';
import type { Rule } from './rule.ts';

const CATALOG_NAME = /^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$/;

/** Tells whether a text may be the name of a catalog. */
export function isCatalogName(text: string): boolean {
  return CATALOG_NAME.test(text);
}

/** A catalog is named like its folder, and says which of several versions is the default. */
export const catalogNames: Rule = (model, report) => {
  for (const catalog of model.catalogs) {
    checkName(catalog, report);
    checkDefaultVersion(catalog, report);
  }
};

function checkName({ name, fields }: CatalogModel, report: Report): void {
  const written = fields.catalog;
  if (written?.value === undefined) return;
  if (written.value !== name) {
    report(
      diagnostic('GW3009', written.span, {
        message: `this catalog is in the folder ${quote(name)} and calls itself ${quote(written.value)}`,
        help: 'the two must be equal',
      }),
    );
  } else if (!isCatalogName(name)) {
    report(
      diagnostic('GW3009', written.span, {
        message: `${quote(name)} cannot be the name of a catalog`,
        help: 'a name is up to 100 of a-z, 0-9 and "-", with a letter or digit at either end',
      }),
    );
  }
}

function checkDefaultVersion({ fields, versions }: CatalogModel, report: Report): void {
  const known = versions.flatMap((one) => one.version ?? []);
  const written = fields.default_version;
  if (written === undefined && known.length > 1 && fields.versions !== undefined) {
    report(
      diagnostic('GW3010', fields.versions.key, {
        message: 'the catalog has more than one version and no `default_version`',
        help: `add \`default_version\` with ${quoteList(known, 'or')}`,
      }),
    );
  }
  if (written?.value === undefined || known.includes(written.value)) return;
  report(
    diagnostic('GW3010', written.span, {
      message: `the catalog has no version ${quote(written.value)}`,
      label: didYouMean(written.value, known),
    }),
  );
}
