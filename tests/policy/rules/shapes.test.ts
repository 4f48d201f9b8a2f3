import fc from "fast-check";
import { expect, test } from "vitest";
import { isObject, type Json } from "../../../policy/analysis/json.ts";
import { resourceAt, type Resource } from "../../../policy/analysis/resources.ts";
import { unknownValue } from "../../../policy/analysis/unknown.ts";
import { rules } from "../../../policy/rules/index.ts";
import { judge } from "../../../policy/rules/judge.ts";
import { stackOf } from "../../../policy/rules/stack.ts";
import { badExample, rulesWithExample } from "./examples.ts";

type Path = readonly (string | number)[];
/** At which of a value's nodes, counted from the outside in, something else is put; undefined drops it. */
type Mutation = readonly [node: number, value: Json | undefined];

const bases = rulesWithExample.flatMap(badExample);
const parameters = { verbose: false, seed: Number(process.env["SEED"] ?? "20261124"), interruptAfterTimeLimit: 20_000 };

const strange = fc.oneof(
  fc.constantFrom<(Json | undefined)[]>(
    undefined,
    null,
    unknownValue,
    "",
    "\0",
    "${",
    "all",
    "0.0.0.0/0",
    {},
    [],
    [[]],
  ),
  fc.constantFrom<Json[]>(true, false, -1, 1e21, 0.5, [null], [{}], { "": null }, { __proto__: [] }, { metadata: "x" }),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);
const mutations: fc.Arbitrary<Mutation[]> = fc.array(fc.tuple(fc.nat(), strange), { minLength: 1, maxLength: 4 });
const mutants = fc.tuple(fc.constantFrom(...bases), mutations).map(([base, list]) => mutated(base, list));

test("no shape of a resource makes a rule throw", () => {
  fc.assert(
    fc.property(mutants, fc.array(mutants, { maxLength: 3 }), (one, more) => {
      const stack = stackOf([one, ...more]);
      for (const rule of rules) for (const { message } of judge(rule, stack, {})) expect(message).not.toBe("");
    }),
    { ...parameters, numRuns: 1500 },
  );
});

test("no parameter makes a rule throw", () => {
  const names = rules.flatMap(({ parameters: own = {} }) => Object.keys(own));
  const configured = fc.dictionary(
    fc.constantFrom("exemptions", ...names),
    strange.filter((value) => value !== undefined),
  );
  fc.assert(
    fc.property(fc.constantFrom(...bases), configured, (base, given) => {
      const stack = stackOf([base]);
      for (const rule of rules) judge(rule, stack, given);
    }),
    { ...parameters, numRuns: 500 },
  );
});

function mutated(base: Resource, list: readonly Mutation[]): Resource {
  const properties = list.reduce<Json>((value, [node, by]) => {
    const paths = [...pathsOf(value)].slice(1);
    const path = paths[node % Math.max(paths.length, 1)];
    return path === undefined ? value : replaced(value, path, by);
  }, base.properties);
  return resourceAt({ value: properties, lineOf: () => 1 }, [], base, "mutant", []);
}

function* pathsOf(value: Json, path: Path = []): Generator<Path> {
  yield path;
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* pathsOf(item as Json, [...path, index]);
  if (isObject(value)) for (const [key, field] of Object.entries(value)) yield* pathsOf(field, [...path, key]);
}

function replaced(value: Json, [step, ...rest]: Path, by: Json | undefined): Json {
  const inner = (old: Json | undefined) => (rest.length === 0 ? by : replaced(old ?? null, rest, by));
  if (Array.isArray(value)) {
    return (value as Json[]).flatMap((item, index) => (index === step ? (inner(item) ?? []) : [item]));
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, field]) => [key, key === step ? inner(field) : field] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
}
