import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { KubeClient } from "../../kube/client.ts";
import { exec } from "../../kube/exec.ts";
import { runProof } from "../../local/proof/index.ts";
import { primaryOf } from "../../local/proof/subject.ts";
import { left, live, red } from "./proofRows.ts";
import { database } from "./support.ts";

let client: KubeClient;

beforeAll(async () => {
  client = await database();
});

describe("the database of stack local", () => {
  test("proves itself, failover included, and nothing of the proof stays, be there a table of an earlier one", async () => {
    const primary = { namespace: live.namespace, pod: await primaryOf(client, live), container: "postgres" };
    const earlier = "set role app_user; create table hcloud_postgres_proof (id text primary key)";
    expect(await exec(client, primary, ["psql", "app", "--command", earlier])).toMatchObject({ code: 0 });
    const proof = await runProof(client, { destructive: true });
    expect(red(proof.rows)).toEqual([]);
    expect(proof).toMatchObject({ failed: 0, skipped: 0, passed: proof.rows.length });
    expect(new Set(proof.rows.map(({ layer }) => layer))).toEqual(
      new Set(["network", "postgres", "admission", "api", "failover"]),
    );
    expect(await left(client, live)).toEqual([]);
  });

  test.each([
    ["while its pods start", "proving who gets through", 500],
    ["while they ask", "proving who gets through", 6000],
    ["while a developer tries", "proving that nobody in the namespace", 0],
  ])("a proof that is interrupted %s makes nothing more and clears up", async (_, progress, milliseconds) => {
    const main = join(import.meta.dirname, "..", "..", "local", "main.ts");
    const proof = spawn(process.execPath, [main, "proof"], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    proof.stderr.setEncoding("utf8").on("data", (more: string) => {
      said += more;
      if (more.includes(progress)) setTimeout(() => proof.kill("SIGINT"), milliseconds);
    });
    const [code] = (await once(proof, "exit")) as [number | null];
    expect(code, said).toBe(130);
    expect(said.trim().split("\n").at(-1)).toContain("SIGINT: removing what the proof made");
    expect(await left(client, live)).toEqual([]);
  });
});
