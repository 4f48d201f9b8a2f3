/** A fault of one line in the judges, and the test that must notice it. */
export interface Mutation {
  /** The file below `policy/`. */
  readonly file: string;
  /** The text to replace, which the file has exactly once. */
  readonly from: string;
  readonly to: string;
  /** The test file, from the root of the repository. */
  readonly test: string;
  /** What the run of the test is limited to. */
  readonly env?: Readonly<Record<string, string>>;
}
