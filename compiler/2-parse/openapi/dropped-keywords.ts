import type { DocumentFaults, FaultNote } from './document-faults.ts';
import type { Trail } from './trail.ts';

/** What reading schemas leaves out, by kind; each kind is said once. */
export type DroppedKind =
  | 'discriminator'
  | 'pattern'
  | 'dynamic_reference'
  | 'value'
  | 'schema'
  | 'endless'
  | 'item_schema';

const SAID: Record<DroppedKind, (count: string) => string> = {
  discriminator: (count) =>
    `\`discriminator\` is not used to check values (${count}); \`oneOf\` and \`anyOf\` are`,
  pattern: (count) => `patterns that the linear-time engine does not take are not checked (${count})`,
  dynamic_reference: (count) => `\`$dynamicRef\` is read as \`$ref\` (${count})`,
  value: (count) => `keywords of schemas whose value means nothing are left out (${count})`,
  endless: (count) => `references by which a schema contains itself are left out (${count})`,
  item_schema: (count) => `the elements of sequences are not checked: \`itemSchema\` is not used (${count})`,
  schema: (count) => `what stands in place of a schema and is none allows everything (${count})`,
};

/** Collects what is left out, and reports each kind as one warning. */
export class DroppedKeywords {
  readonly #places = new Map<DroppedKind, FaultNote[]>();

  add(kind: DroppedKind, at: Trail, what: string): void {
    const places = this.#places.get(kind) ?? [];
    places.push({ message: what, at });
    this.#places.set(kind, places);
  }

  report(faults: DocumentFaults): void {
    for (const [kind, places] of this.#places) {
      const [first] = places;
      if (first === undefined) continue;
      const count = places.length === 1 ? '1 place' : `${places.length} places`;
      faults.add({
        code: 'GW6013',
        at: first.at,
        message: SAID[kind](count),
        details: places.slice(1),
      });
    }
  }
}
