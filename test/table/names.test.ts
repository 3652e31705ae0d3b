import { expect, test } from 'vitest';
import { byNearness, didYouMean, nearestName } from '../../table/rules/nearest-name.ts';

const NAMES = ['stripe', 'slack', 'salesforce'];

test('the nearest name, where one is near enough', () => {
  expect(nearestName('strpie', NAMES)).toBe('stripe');
  expect(nearestName('github', NAMES)).toBeNull();
  expect(nearestName('s'.repeat(65), NAMES)).toBeNull();
  expect(didYouMean('Slakc', NAMES)).toBe('did you mean "slack"?');
  expect(didYouMean('github', NAMES)).toBe('');
});

test('names by nearness: equal but for case, beginning, holding, then by distance', () => {
  expect(byNearness('force', NAMES)).toEqual(['salesforce', 'stripe', 'slack']);
  expect(byNearness('SL', NAMES)[0]).toBe('slack');
  expect(byNearness('', NAMES)).toHaveLength(3);
});
