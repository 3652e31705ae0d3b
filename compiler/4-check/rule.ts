import type { Report } from '../diagnostic/diagnostic.ts';
import type { Model } from '../3-resolve/model.ts';

/** One check of the whole model. It reports and changes nothing. */
export type Rule = (model: Model, report: Report) => void;
