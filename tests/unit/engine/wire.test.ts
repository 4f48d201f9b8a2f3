import { expect, test } from "vitest";
import { contains, isSecret, isUnknown, plain, secret, secretAs } from "../../../local/engine/plugins/wire.ts";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

test("secrets are marked once, found at any depth, and taken off at every depth", () => {
  const value = { a: [secret({ b: secret("x") })], c: 1 };
  expect(secret(secret("x"))).toEqual(secret("x"));
  expect(contains(value, isSecret)).toBe(true);
  expect(contains({ c: 1 }, isSecret)).toBe(false);
  expect(plain(value)).toEqual({ a: [{ b: "x" }], c: 1 });
  expect(plain({ a: { b: 1 } }, (key) => key.toUpperCase())).toEqual({ A: { B: 1 } });
});

test("unknown values are recognised", () => {
  expect(contains({ a: ["x", { b: UNKNOWN }] }, isUnknown)).toBe(true);
  expect(contains({ a: "04da6b54" }, isUnknown)).toBe(false);
});

test("what is secret in the inputs is secret in the outputs, and no more", () => {
  const inputs = { open: "1", hidden: secret("2"), deep: { a: secret("3"), b: "4" }, list: ["5", secret("6")] };
  const outputs = { open: "1", hidden: "2", deep: { a: "3", b: "4", c: "7" }, list: ["5", "6"], more: "8" };
  expect(secretAs(outputs, inputs)).toEqual({
    open: "1",
    hidden: secret("2"),
    deep: { a: secret("3"), b: "4", c: "7" },
    list: secret(["5", "6"]),
    more: "8",
  });
});

test("an object that is secret as a whole stays so", () => {
  expect(secretAs({ data: { a: "1" } }, { data: secret({ a: "1" }) })).toEqual({ data: secret({ a: "1" }) });
});
