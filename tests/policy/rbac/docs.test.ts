import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { powerSections } from "./page.ts";

test("docs/powers.md describes the catalogue as it is", async () => {
  const page = await readFile(new URL("../../../docs/powers.md", import.meta.url), "utf8");
  const [, sections] = page.split("any one of the lines is enough.\n\n");
  expect(sections).toBe(await powerSections());
});
