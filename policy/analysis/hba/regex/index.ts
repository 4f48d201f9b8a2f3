/** PostgreSQL's advanced regular expressions, as pg_hba.conf uses them: does one match somewhere in a name? */
export { RegexError } from "./error.ts";
export { matchRegex } from "./match.ts";
export { compileRegex, type Regex } from "./parse.ts";
