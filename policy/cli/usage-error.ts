/** What is wrong with the input or the command line, in words for whoever typed it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
