import { expect, test } from "vitest";
import { isObject, type Json, type JsonObject } from "../../../policy/analysis/json.ts";
import { unknownValue } from "../../../policy/analysis/unknown.ts";
import { rules } from "../../../policy/rules/index.ts";
import { judge } from "../../../policy/rules/judge.ts";
import { stackOf } from "../../../policy/rules/stack.ts";
import { manifests, resource } from "./lab.ts";
import { sound } from "./sound.ts";

const values: readonly Json[] = [null, "", "x", 7, true, [], {}, [null], [[]], { x: null }, unknownValue];
const resources = manifests(sound);

/** A value with each of its parts spoiled in turn, each by the next of the values. */
function* spoiled(value: Json, from = 0): Generator<Json> {
  const entries = Array.isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : [];
  let next = from;
  for (const [key, part] of entries as [string | number, Json][]) {
    const put = (other: Json) =>
      Array.isArray(value) ? value.with(key as number, other) : { ...(value as JsonObject), [key]: other };
    yield put(values[next++ % values.length] ?? null);
    for (const other of spoiled(part, next++)) yield put(other);
  }
}

const cases = resources.map(({ type, name, properties }, index) => ({ type, name, properties, index }));

test.each(cases)("no rule throws whatever stands in $type $name", ({ type, properties, index }) => {
  const mutants = [0, 5].flatMap((from) => [...spoiled(properties, from)]);
  expect(mutants.length).toBeGreaterThan(0);
  for (const mutant of mutants) {
    const stack = stackOf(resources.with(index, resource(type, mutant as JsonObject)));
    for (const rule of rules) expect(() => judge(rule, stack, {}), JSON.stringify(mutant)).not.toThrow();
  }
});
