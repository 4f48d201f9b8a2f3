import { globSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isObject, quote, type Json } from "./analysis/json.ts";
import { parameterSchemas } from "./rules/parameters.ts";
import { rules } from "./rules/index.ts";
import type { Rule } from "./rules/rule.ts";

const introduction = `# Rules

Written by \`npm run docs\` from the rules themselves.

What a rule can do depends on what it looks at:

| looks at                    | preview  | up                                                                                   |
| --------------------------- | -------- | ------------------------------------------------------------------------------------ |
| each object or resource     | prevents | prevents: neither it nor what depends on it is made                                  |
| everything together (stack) | prevents | reports once everything is made, with \`up --skip-preview\` too, and makes the up fail |

A **mandatory** finding fails the preview or the up, an **advisory** one is only shown. A value that is not known before up
counts as wrong where access depends on it; elsewhere the rule says that it cannot be run in the preview, and decides at up.

What the engine does not show a pack, no rule can judge: whether a value is secret, and \`retainOnDelete\`. Both stand in an
exported state. The objects inside a \`helm.v3.Release\` are not shown either: a rule sees its values alone.

Whoever wears a label counts as what the label says: that nobody else wears a client's or CloudNativePG's labels, and that no
pod mounts another's Secret, is for admission policies to see to, such as this project's program makes.

A ServiceAccount counts as a client where its pods match a Cluster's selector or reach a Pooler, where a binding of its own
gives it a client's Secret (that of a deployer, too: exempt it, with the reason), or where \`clients\` names it.

The file given as \`--policy-pack-config\` (or to \`guard check --config\`) sets levels, parameters and exemptions, for which it
has to give a reason, of ten characters at least. An exemption names a namespace (that of what the finding is about), a URN, or both. In a
URN \`*\` stands for anything; an object of a manifest, which has none, is named \`Kind namespace/name\`. \`allowedSources\`
declares whom a Cluster cannot: pods, or addresses, on some ports or on all:

\`\`\`json
{
  "all": "mandatory",
  "lifelines-open": {
    "enforcementLevel": "advisory",
    "engine": "standard",
    "exemptions": [{ "namespace": "playground", "reason": "holds no data, and goes every night" }]
  },
  "only-declared-sources": {
    "allowedSources": [
      { "namespace": "backup", "podLabels": { "app": "dump" }, "ports": [5432], "reason": "dumps every night, by a role of its own" },
      { "cidr": "10.0.0.5/32", "reason": "the DBA's jump host, in the office network" }
    ]
  }
}
\`\`\`
`;

/** RULES.md: what each rule demands, why, what to do instead, and what it can prevent. */
export function rulesPage(): string {
  const groups = Map.groupBy(rules, groupOf);
  const index = [...groups].flatMap(([group, members]) => members.map((rule) => indexRow(group, rule)));
  const sections = [...groups].flatMap(([group, members]) => [`## ${group}`, ...members.map(section)]);
  const header = "| rule | about | level | severity | looks at |\n| --- | --- | --- | --- | --- |";
  return `${[introduction.trim(), [header, ...index].join("\n"), ...sections].join("\n\n")}\n`;
}

/** The folder that a rule's file is in. */
function groupOf({ name }: Rule): string {
  const [file] = globSync(`rules/*/${name}.ts`, { cwd: import.meta.dirname });
  if (file === undefined) throw new Error(`rule ${name} is not in a file of its name`);
  return basename(dirname(file));
}

function indexRow(group: string, { name, level, severity, scope }: Rule): string {
  const looksAt = scope === "stack" ? "stack" : `each ${scope}`;
  return `| [\`${name}\`](#${name}) | ${group} | ${level} | ${severity} | ${looksAt} |`;
}

function section(rule: Rule): string {
  const { name, description, level, severity, fix, url } = rule;
  const lines = [`${level}, ${severity}. ${scopeOf(rule)}`, `Fix: ${fix}.`, `Why: <${url}>`, ...parametersOf(rule)];
  return [`### ${name}`, description, lines.map((line) => `- ${line}`).join("\n")].join("\n\n");
}

function scopeOf(rule: Rule): string {
  switch (rule.scope) {
    case "object":
      return `Judges each ${alternatives(rule.kinds)} before it is made.`;
    case "resource":
      return `Judges each ${alternatives(rule.types)} before it is made.`;
    case "stack":
      return "Judges everything together: prevents in preview, reports after up.";
  }
}

function parametersOf(rule: Rule): string[] {
  return Object.entries(parameterSchemas(rule))
    .filter(([name]) => name !== "exemptions")
    .map(([name, { description, type, enum: values, default: fallback }]) => {
      const form = values === undefined ? [type].flat().join(" or ") : values.map(shown).join(" or ");
      const otherwise = fallback === undefined ? "" : `, default ${shown(fallback)}`;
      return `\`${name}\` (${form}${otherwise}): ${description ?? ""}.`;
    });
}

function shown(value: unknown): string {
  const json = value as Json;
  return isObject(json) || Array.isArray(json) ? `\`${JSON.stringify(json)}\`` : `\`${quote(json)}\``;
}

function alternatives(names: readonly string[]): string {
  return names
    .map((name) => `\`${name}\``)
    .join(", ")
    .replace(/, ([^,]*)$/, " or $1");
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, "RULES.md"), rulesPage());
