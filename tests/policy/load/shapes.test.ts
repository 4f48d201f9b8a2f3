import { loadAll } from "js-yaml";
import { expect, test } from "vitest";
import { compareAccess } from "../../../policy/analysis/access/index.ts";
import type { Json } from "../../../policy/analysis/json.ts";
import { parseManifests } from "../../../policy/analysis/load/index.ts";
import { reach } from "../../../policy/analysis/network/reach.ts";
import { readWorld } from "../../../policy/analysis/network/world.ts";
import type { Problem } from "../../../policy/analysis/objects.ts";
import { closed, cluster, sound } from "../access/lab.ts";
import { pods } from "../network/lab.ts";
import { foreign } from "../foreign.ts";
import { deformed } from "../fuzz/deform.ts";
import { random } from "../random.ts";

const seed = Number(process.env["SEED"] ?? "20261123");
const rounds = 150;

const documents = loadAll(`${pods + cluster(closed) + sound}\n---${foreign}`).filter(
  (value) => value !== null,
) as Json[];
test(`no shape of a manifest throws (seed ${String(seed)})`, () => {
  const source = random(seed);
  const original = parseManifests(JSON.stringify({ apiVersion: "v1", kind: "List", items: documents }), "sound.json");
  let read = 0;
  for (let round = 0; round < rounds; round++) {
    const items = documents.map((document) => deformed(document, source));
    const text = JSON.stringify({ apiVersion: "v1", kind: "List", items });
    const { objects, problems: found } = parseManifests(text, "shape.json");
    const problems = [...found];
    read += objects.length;
    for (const engine of ["standard", "k3s"] as const) {
      reach(readWorld(objects, problems), [{ number: 5432, protocol: "TCP" }], engine);
      compareAccess(original.objects, objects, engine, problems);
    }
    for (const { line } of problems) expect(line).toBeGreaterThan(0);
  }
  expect(read).toBeGreaterThan(rounds * 3);
});

test("very deep values are read no further than needed", () => {
  const rule = (peer: string, port: string) =>
    `kind: NetworkPolicy\napiVersion: networking.k8s.io/v1\nmetadata: { name: p }\nspec: { ingress: [{ from: [${peer}], ports: [${port}] }] }`;
  const deep = `${"[".repeat(90)}${"]".repeat(90)}`;
  const { objects, problems: found } = parseManifests(
    rule(`{ podSelector: ${deep} }`, `{ port: ${deep} }`),
    "shape.yaml",
  );
  expect(found).toEqual([]);
  const problems: Problem[] = [];
  readWorld(objects, problems);
  expect(problems.length).toBeGreaterThan(0);
});

test("no bytes throw", () => {
  const source = random(seed);
  for (let round = 0; round < rounds; round++) {
    const bytes = Uint8Array.from({ length: source.between(0, 400) }, () => source.between(0, 255));
    const text = new TextDecoder().decode(bytes);
    expect(parseManifests(text, "bytes").objects).toEqual([]);
  }
});
