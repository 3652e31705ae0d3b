import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COLLECTIONS, committedOutcomes, outcomeFile, outcomesOf } from '../support/corpus.ts';

// What every document of the corpus comes to. The findings in the committed tables were looked at and are true:
// a change of a table is to be looked at in the same way. UPDATE=1 writes the tables anew.

const NAMED = COLLECTIONS.map((one) => [
  one.present
    ? `${one.name}: every document as it was`
    : `${one.name} is not installed: nothing was compiled`,
  one,
]) satisfies unknown[];

test.each(NAMED as [string, (typeof COLLECTIONS)[number]][])(
  '%s',
  async (_title, collection) => {
    const committed = collection.present ? await outcomesOf(collection) : committedOutcomes(collection);
    if (collection.present && process.env['UPDATE'] === '1') {
      writeFileSync(outcomeFile(collection.name), committed);
    }
    expect(committed).toBe(committedOutcomes(collection));
    expect(committed.split('\n').length).toBeGreaterThan(1);
  },
  1_200_000,
);
