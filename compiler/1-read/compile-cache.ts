/** Where results are kept between runs, by keys that are digests of everything that they were made from. */
export interface CompileCache {
  /** The version of the program: a result of another one is not used. */
  readonly version: string;
  /** Gives what was kept, or null. What was kept may be damaged: who reads it checks it. */
  readonly read: (key: string) => Uint8Array | null;
  /** Keeps a result. A result that cannot be kept is no fault: it is made again. */
  readonly write: (key: string, bytes: Uint8Array) => void;
}
