import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { reference } from "../../../config/reference.ts";

test("docs/config.md says what the schema says (npm run docs writes it)", () => {
  expect(readFileSync("docs/config.md", "utf8")).toBe(reference());
});

test("every key has a meaning", () => {
  expect(reference()).not.toMatch(/^\| `[^`]+` \| +\|/m);
});
