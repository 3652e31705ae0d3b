import { InvalidArgumentError } from 'commander';

/** Gives the number of an option that counts something. Throws what commander tells as wrong usage. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new InvalidArgumentError('It takes a whole number from 1 to 999999.');
  return Number(text);
}
