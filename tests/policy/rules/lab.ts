import type { JsonObject } from "../../../policy/analysis/json.ts";
import { parseManifests } from "../../../policy/analysis/load/index.ts";
import { resourceAt, type Registration, type Resource } from "../../../policy/analysis/resources.ts";
import { titleOf } from "../../../policy/rules/title.ts";
import { judge } from "../../../policy/rules/judge.ts";
import type { Rule } from "../../../policy/rules/rule.ts";
import { stackOf } from "../../../policy/rules/stack.ts";

/** Manifests as people write them, as resources. What cannot be read is a mistake of the test. */
export function manifests(yaml: string): readonly Resource[] {
  const { resources, problems } = parseManifests(yaml, "test.yaml");
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join("\n"));
  return resources;
}

/** A resource as the engine shows it to a pack. */
export function resource(type: string, properties: JsonObject, more: Partial<Registration> = {}): Resource {
  const { name = "test" } = more;
  const urn = `urn:pulumi:dev::p::${type}::${name}`;
  const registration = { type, name, urn, protect: false, references: undefined, ...more };
  return resourceAt({ value: properties, lineOf: () => 1 }, [], registration, "test", []);
}

/** What a rule finds in manifests or resources: `Kind namespace/name: message`, with `undecided: ` before what it leaves open. */
export function findings(rule: Rule, input: string | readonly Resource[], parameters: JsonObject = {}): string[] {
  const resources = typeof input === "string" ? manifests(input) : input;
  return judge(rule, stackOf(resources), parameters).map(({ message, subject, undecided }) => {
    const title = subject === undefined ? "" : `${titleOf(subject)}: `;
    return `${undecided === true ? "undecided: " : ""}${title}${message}`;
  });
}
