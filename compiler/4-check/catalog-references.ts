import { readCatalogReference } from '../3-resolve/catalog-reference.ts';
import type { CatalogModel, Model } from '../3-resolve/model.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Report } from '../diagnostic/diagnostic.ts';
import { didYouMean } from '../../table/rules/nearest-name.ts';
import { quote, quoteList } from '../diagnostic/quote.ts';
import type { Field } from '../fields/field.ts';
import type { Rule } from './rule.ts';

/** A connection names a catalog that exists, in a version that it has. */
export const catalogReferences: Rule = (model, report) => {
  for (const { fields } of model.connections) {
    const written = fields.catalog;
    if (written?.value === undefined) continue;
    const reference = readCatalogReference(written.value);
    const catalog = model.catalogs.find((one) => one.name === reference.name);
    if (catalog !== undefined) {
      if (catalog.fields.abstract?.value === true) reportAbstract(catalog, written, report);
      else if (reference.version !== null) checkVersion(catalog, reference.version, written, report);
    } else if (!model.catalogNames.includes(reference.name)) {
      reportUnknown(model, reference.name, written, report);
    }
  }
};

function reportUnknown(model: Model, name: string, written: Field<string>, report: Report): void {
  report(
    diagnostic('GW3005', written.span, {
      message: `there is no catalog ${quote(name)}`,
      label: didYouMean(name, model.catalogNames),
      help: 'put its facts into catalogs/NAME/catalog.yaml, or write the connection with `base_url` and without catalog',
    }),
  );
}

function reportAbstract({ name, fields }: CatalogModel, written: Field<string>, report: Report): void {
  report(
    diagnostic('GW6020', written.span, {
      message: `the catalog ${quote(name)} is abstract: no connection can use it`,
      notes:
        fields.abstract === undefined ? [] : [{ message: 'it says so here', span: fields.abstract.span }],
      help: 'use a catalog that extends it',
    }),
  );
}

function checkVersion(catalog: CatalogModel, version: string, written: Field<string>, report: Report): void {
  const known = catalog.versions.flatMap((one) => one.version ?? []);
  if (known.includes(version)) return;
  report(
    diagnostic('GW3006', written.span, {
      message: `the catalog ${quote(catalog.name)} has no version ${quote(version)}`,
      label: didYouMean(version, known),
      help:
        known.length === 0
          ? 'it has no versions: leave out what follows "@"'
          : `it has ${quoteList(known, 'and')}`,
    }),
  );
}
