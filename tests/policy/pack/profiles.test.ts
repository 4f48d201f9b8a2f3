import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfiguration } from "../../../policy/cli/configuration.ts";
import { rules } from "../../../policy/rules/index.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const profiles = join(root, "policy", "profiles");

test.each(readdirSync(profiles))("%s configures rules that there are, as they can be", (name) => {
  expect(() => readConfiguration(join(profiles, name), rules)).not.toThrow();
});

test("every stack is previewed and brought up with a profile", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const stacks = globSync("Pulumi.*.yaml", { cwd: root }).map((file) => file.split(".")[1] ?? "");
  // npm run local is the script of that one.
  const commands = stacks.filter((stack) => stack !== "local").flatMap((stack) => [`preview:${stack}`, `up:${stack}`]);
  expect(commands).not.toEqual([]);
  for (const name of commands) {
    const [, command, stack, profile = ""] =
      /^npm run -s build && npm run -s pulumi -- (\w+) --stack (\w+) --policy-pack policy --policy-pack-config (\S+)$/.exec(
        scripts[name] ?? "",
      ) ?? [];
    expect({ name, made: `${command ?? ""}:${stack ?? ""}`, exists: existsSync(join(root, profile)) }).toEqual({
      ...{ name, made: name, exists: true },
    });
  }
});
