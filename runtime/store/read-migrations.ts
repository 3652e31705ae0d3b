import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One step of the schema. Its file is never changed once it was released. */
export interface Migration {
  /** From 1, without gaps. */
  readonly number: number;
  /** The file's name. */
  readonly name: string;
  readonly sql: string;
}

/** The files' texts by name: in the built program there is no folder, and bundle.ts puts them here. */
declare const MIGRATIONS: Readonly<Record<string, string>> | undefined;

/** Gives the steps of the schema that this program knows, in order. */
export function readMigrations(): readonly Migration[] {
  const texts = typeof MIGRATIONS === 'undefined' ? textsOfFolder() : MIGRATIONS;
  const steps = Object.entries(texts)
    .map(([name, sql]) => ({ number: Number(/^(\d{4})-[a-z0-9-]+\.sql$/.exec(name)?.[1]), name, sql }))
    .sort((one, other) => one.number - other.number);
  const misplaced = steps.find((step, at) => step.number !== at + 1);
  if (misplaced !== undefined) throw new Error(`${misplaced.name} is not the next of the migrations`);
  return steps;
}

function textsOfFolder(): Record<string, string> {
  const folder = join(import.meta.dirname, 'migrations');
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}
