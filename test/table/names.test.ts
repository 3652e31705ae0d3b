import { expect, test } from 'vitest';
import { allowedTools, TOOL_NAMES } from '../../table/rules/allowed-tools.ts';
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

const ALL = [...TOOL_NAMES];

test.each([
  { what: 'no persona: none', personas: [], allowed: [] },
  { what: 'nothing said: none', personas: [{ allow: [], deny: [] }], allowed: [] },
  { what: 'all', personas: [{ allow: ['*'], deny: [] }], allowed: ALL },
  {
    what: 'a deny of one wins over an allow of the other',
    personas: [
      { allow: ['*'], deny: [] },
      { allow: [], deny: ['api_invoke_*'] },
    ],
    allowed: ALL.slice(0, 2),
  },
  {
    what: 'an allow in one is enough',
    personas: [
      { allow: ['api_list_endpoints'], deny: [] },
      { allow: ['api_get*'], deny: [] },
    ],
    allowed: ALL.slice(0, 2),
  },
])('tools: $what', ({ personas, allowed }) => {
  expect([...allowedTools(personas.map((tools) => ({ tools })))]).toEqual(allowed);
});
