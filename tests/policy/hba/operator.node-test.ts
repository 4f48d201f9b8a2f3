import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { renderCnpg } from "../../../policy/analysis/hba/index.ts";
import { random as seeded, type Random } from "../random.ts";
import { many } from "./generate/choose.ts";
import { columns, write } from "./generate/line.ts";

const seed = Number(process.env["HBA_SEED"] ?? 1);
const count = 2000;
const module = fileURLToPath(new URL("../../../local/tools/cloudnative-pg", import.meta.url));
const program = fileURLToPath(new URL("operator/render.go", import.meta.url));

interface Question {
  readonly items: readonly string[];
  readonly selectors: Readonly<Record<string, readonly string[]>>;
  readonly ldap: string;
}

test(`the operator renders ${String(count)} lists of lines as we do (seed ${String(seed)}, HBA_SEED)`, () => {
  const random = seeded(seed);
  const questions = many(random, count, count, () => question(random));
  const input = JSON.stringify(questions);
  const output = execFileSync("go", ["run", "-C", module, program], { input, maxBuffer: 256 * 1024 * 1024 });
  const rendered = JSON.parse(output.toString()) as string[];
  const ours = questions.map(
    ({ items, selectors, ldap }) => renderCnpg(items, new Map(Object.entries(selectors)), ldap).text,
  );
  expect(rendered).toHaveLength(count);
  expect(ours).toEqual(rendered);
  expect(questions.filter(({ items }) => items.some((item) => item.includes("${podselector:")))).not.toHaveLength(0);
});

function question(random: Random): Question {
  return {
    items: many(random, 0, 6, () => item(random)),
    selectors: Object.fromEntries(
      random.some(["app", "a-b", "x_1", "App"], 0, 4).map((name) => [name, addresses(random)]),
    ),
    ldap: random.chance(0.1) ? 'host all all 0.0.0.0/0 ldap ldapserver="x"' : "",
  };
}

function item(random: Random): string {
  const line = Buffer.from(write(random, columns(random)), "latin1").toString();
  if (random.chance(0.3)) return line;
  const at = random.between(0, line.length);
  const reference = () => `\${${random.pick(types)}:${random.pick(names)}}`;
  return (
    line.slice(0, at) +
    many(random, 1, random.chance(0.2) ? 2 : 1, reference).join(random.pick([" ", ""])) +
    line.slice(at)
  );
}

const types = [
  "podselector",
  "podselector",
  "podselector",
  "podselector",
  "pods",
  "",
  "Podselector",
  "x} ${podselector",
  "a\nb",
];
const names = ["app", "app", "a-b", "x_1", "App", "none", "", " app", "a:b", "a${b", "a\nb"];

function addresses(random: Random): readonly string[] {
  return random.some(
    [
      ..."10.0.0.5 10.42.1.255 fd00::5 FD00:0:0::A 2001:db8:0:0:1:0:0:1 ::ffff:10.0.0.6 ::1 :: ::10.0.0.7 1:2:3:4:5:6:7:8".split(
        " ",
      ),
      ..."010.0.0.5 10.0.0 fe80::1%eth0 fe80::1%1 10.0.0.5/32 x 1:0:0:2:0:0:0:3 0:0:0:1:: 1::2:0:0:3 0.0.0.0".split(
        " ",
      ),
      "",
    ],
    0,
    4,
  );
}
