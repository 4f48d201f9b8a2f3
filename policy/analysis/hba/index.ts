/** What a pg_hba.conf means to PostgreSQL 14 to 18, bare or as CloudNativePG writes it. */
export {
  expandLine,
  readReference,
  renderCnpg,
  type Reference,
  type RenderedFile,
  type SelectorAddresses,
  type Source,
  unresolvedReference,
} from "./cnpg.ts";
export { type Connection, decide, type Verdict } from "./decide.ts";
export { type Decision, hba, type HbaArgs, type HbaReport, type ReportedRule } from "./hba.ts";
export {
  type Entry,
  type HbaError,
  type HbaFile,
  type Location,
  maximumBytes,
  parse,
  parseLines,
  TooLarge,
} from "./parse.ts";
export { BadProbes, readProbes } from "./probes.ts";
export type { ConnectionType, Method, Name, Rule } from "./rule.ts";
export { type Major, majors, operandServer, type Server, type ServerAddress } from "./server.ts";
export { standIns } from "./stand-ins.ts";
export type { FileSource } from "./tokenize.ts";
