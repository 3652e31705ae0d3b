/** The command line asks for what cannot be done as it is written: told to the person, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
