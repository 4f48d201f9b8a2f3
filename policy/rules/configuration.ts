import { closest } from "fastest-levenshtein";
import { isObject, object, text, type Json, type JsonObject } from "../analysis/json.ts";
import { parameterSchemas } from "./parameters.ts";
import type { Rule } from "./rule.ts";

/** What may be configured as a rule's level: none of them remediates. */
export const levels = ["mandatory", "advisory", "disabled"] as const;
type ConfiguredLevel = (typeof levels)[number];

/** Key of a rule's level among its parameters. */
export const levelKey = "enforcementLevel";
/** Stands for every rule, as far as its level goes. */
export const everyRule = "all";

/** What a configuration makes of one rule. */
export interface Settings {
  readonly level: ConfiguredLevel;
  /** What is configured; defaults are not filled in. */
  readonly parameters: JsonObject;
}

/**
 * A rule's level and parameters by a configuration in the form of the engine's `--policy-pack-config`:
 * `{"all": LEVEL, RULE: LEVEL or {"enforcementLevel": LEVEL, PARAMETER: …}}`. A level of its own comes before that of all.
 */
export function settingsOf(rule: Rule, configuration: JsonObject): Settings {
  const given = configuration[rule.name];
  const parameters = Object.entries(object(given)).filter(([name]) => name !== levelKey);
  return {
    level: levelIn(given) ?? levelIn(configuration[everyRule]) ?? rule.level,
    parameters: Object.fromEntries(parameters),
  };
}

function levelIn(value: Json | undefined): ConfiguredLevel | undefined {
  const name = text(isObject(value) ? value[levelKey] : value);
  return levels.find((level) => level === name);
}

/** What a configuration names that there is not, in words: the engine lets all of it pass, and nobody would notice. */
export function unknownNames(configuration: JsonObject, rules: readonly Rule[]): readonly string[] {
  const known = new Map([
    [everyRule, [levelKey]],
    ...rules.map((rule) => [rule.name, [levelKey, ...Object.keys(parameterSchemas(rule))]] as const),
  ]);
  return Object.entries(configuration).flatMap(([name, given]) => {
    const parameters = known.get(name);
    if (parameters === undefined) return [`${name}: there is no such rule${suggestion(name, [...known.keys()])}`];
    return Object.keys(object(given))
      .filter((key) => !parameters.includes(key))
      .map((key) => `${name}.${key}: there is no such parameter${suggestion(key, parameters)}`);
  });
}

function suggestion(name: string, known: readonly string[]): string {
  return `; did you mean ${closest(name, known)}?`;
}
