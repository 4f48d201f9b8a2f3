import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../local/exec.ts";
import { startFake, type Fake } from "./fake/api.ts";
import { ApiProblem } from "./fake/store.ts";

// Needs Go: Hetzner's own client says whether the fake speaks its language.
const TOKEN = "f".repeat(64);
let folder: string;
let fake: Fake;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hcloud-client-"));
  await run("go", ["build", "-mod=readonly", "-o", join(folder, "client"), "."], {
    cwd: join(import.meta.dirname, "fake", "client"),
    env: { CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOFLAGS: "" },
    timeoutSeconds: 600,
  });
  fake = await startFake({ token: TOKEN, actionMs: 100 });
});
afterAll(() => {
  fake.close();
  rmSync(folder, { recursive: true });
});

async function asked(token: string): Promise<Record<string, string>> {
  const env = { HCLOUD_ENDPOINT: fake.url, HCLOUD_TOKEN: token };
  return JSON.parse(await run(join(folder, "client"), [], { env })) as Record<string, string>;
}

test("Hetzner's own client makes, changes and deletes a cluster's parts, and hears every refusal", async () => {
  const servers = /^\/v1\/servers$/;
  fake.failNext("POST", servers, new ApiProblem(412, "resource_unavailable", "server type is sold out"));
  fake.failNext("POST", servers, new ApiProblem(429, "rate_limit_exceeded", "limit of 3600 requests an hour"), 2);
  const refused = {
    "network of the same name": "uniqueness_error",
    "server type that is sold out": "resource_unavailable",
    "too much user data": "invalid_input",
    "delete what is protected": "protected",
    "delete a network in use": "resource_in_use",
  };
  const done = ["network", "subnet", "firewall", "placement group", "primary IP", "attach", "get", "addresses"];
  const undone = ["protect", "unprotect", "delete", "delete the network", "delete the firewall"];
  const others = [
    "actions take time",
    "server, after being rate-limited",
    "delete the primary IP",
    "delete the placement group",
  ];
  const balancer = [
    ...["load balancer", "attach the load balancer", "close its public side", "target", "service"],
    ...["load balancer as asked", "detach the load balancer", "delete the load balancer"],
  ];
  const accepted = Object.fromEntries([...done, ...balancer, ...undone, ...others].map((step) => [step, "ok"]));
  expect(await asked(TOKEN)).toEqual({ ...accepted, ...refused });
  for (const collection of [
    ...["servers", "networks", "primary_ips", "placement_groups", "firewalls", "load_balancers"],
  ]) {
    expect(fake.store.all(collection), collection).toEqual([]);
  }
});

test("a token that is not the project's is refused at the first step", async () => {
  expect(await asked("0".repeat(64))).toEqual({ network: "unauthorized" });
});
