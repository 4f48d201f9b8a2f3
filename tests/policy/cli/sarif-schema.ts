import { createRequire } from "node:module";

interface Validator {
  (value: unknown): boolean;
  errors?: unknown;
}
type Ajv = new (options: object) => { addMetaSchema(schema: object): void; compile(schema: object): Validator };

// Its matchers need Jest; the schema and the validator that goes with it do not.
const require = createRequire(createRequire(import.meta.url).resolve("@microsoft/jest-sarif/package.json"));
const ajv = new (require("ajv") as Ajv)({ schemaId: "auto", allErrors: true });
ajv.addMetaSchema(require("ajv/lib/refs/json-schema-draft-04.json") as object);
const validate = ajv.compile(require("./lib/schemas/sarif-2.1.0-rtm.5.json") as object);

/** What OASIS' schema of SARIF 2.1.0 has against a log; undefined is nothing. */
export function sarifErrors(log: unknown): unknown {
  return validate(log) ? undefined : validate.errors;
}
