import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { KubeClient } from "../../kube/client.ts";
import { pulumi, pulumiCommand } from "../../local/engine/pulumi.ts";
import { titleWithReason } from "../skipped.ts";
import { startControlPlane, type ControlPlane } from "./controlPlane.ts";
import { startFake, type Fake } from "./fake/api.ts";
import { ApiProblem, type Item } from "./fake/store.ts";
import { backendOf, makeProject } from "./project.ts";

// Pulumi's own plugins for hcloud and tls against the fake of Hetzner's API; its first server is a real kube-apiserver with
// the user data that the fake was sent. Nodes are entered by the test, so nothing is run on them.
const TOKEN = "f".repeat(64);
const ADDRESS = "127.77.0.9";
const FIRST =
  "urn:pulumi:arm64::hcloud-postgres::hcloud-postgres:cluster:HetznerCluster$hcloud:index/server:Server::cluster-server-control-plane-1";
const COLLECTIONS = ["servers", "networks", "firewalls", "primary_ips", "placement_groups", "load_balancers"];

const { env } = await pulumiCommand(["up"]);
const folders = (env["PATH"] ?? "").split(delimiter);
const missing = ["hcloud", "tls"].filter((name) => folders.some((folder) => folder.endsWith(`/plugins/${name}`)));
const obstacle = missing.length > 0 ? `no plugin for ${missing.join(" and ")} here` : undefined;
if (obstacle !== undefined) {
  console.warn(`up, change and destroy are not tried with the real plugins: ${obstacle}`);
}

const DAY = 86_400_000;

/** The part of an exported state that the tests change. */
interface State {
  deployment: { resources: { urn: string; outputs?: Record<string, unknown> }[] };
}

interface Settings {
  agentNodepools: { count: number }[];
  firewallKubeApiSource: string[];
  [key: string]: unknown;
}

describe.skipIf(obstacle !== undefined)(titleWithReason("with the real plugins, the arm64 preset", obstacle), () => {
  let folder: string;
  let fake: Fake;
  /** Where the plugin looks for Hetzner's API. */
  let endpoint: string;
  let controlPlane: ControlPlane | undefined;
  let stopped = false;
  let world: Promise<void>;
  beforeAll(async () => {
    folder = makeProject("tests/hetzner/clusterProgram.ts");
    fake = await startFake({ token: TOKEN, actionMs: 100 });
    endpoint = fake.url;
    world = boots();
    expect((await run("stack", "init", "arm64")).code).toBe(0);
  });
  afterAll(async () => {
    stopped = true;
    await world;
    await controlPlane?.stop();
    fake.close();
    rmSync(folder, { recursive: true });
  });

  const run = (...args: string[]) =>
    pulumi(args, {
      cwd: folder,
      env: {
        ...backendOf(folder),
        HCLOUD_ENDPOINT: endpoint,
        HCLOUD_POLL_INTERVAL: "50ms",
      },
    });
  const withStack = (...args: string[]) =>
    run(...args, "--stack", "arm64", "--config-file", join(folder, "stack.yaml"), "--color", "never");
  const up = () => withStack("up", "--yes", "--skip-preview");

  /** Writes the preset's stack file, changed so that nothing waits for a node to run something. */
  function configure(change: (settings: Settings, config: Record<string, unknown>) => void = () => undefined): void {
    const file = parse(readFileSync("examples/hetzner-arm64.yaml", "utf8")) as {
      config: Record<string, unknown> & { "hcloud-postgres:cluster": { hetzner: Settings } };
    };
    const settings = file.config["hcloud-postgres:cluster"].hetzner;
    Object.assign(settings, {
      kubeconfigServerAddress: ADDRESS,
      firewallKubeApiSource: ["100.64.7.0/24"],
      databaseStorage: "local",
      enableHetznerCsi: false,
      etcdS3Backup: undefined,
    });
    file.config["hcloud-postgres:hcloudToken"] = TOKEN;
    change(settings, file.config);
    writeFileSync(join(folder, "stack.yaml"), stringify(file));
  }

  /** What the project holds, as a number a collection. */
  const held = () => COLLECTIONS.map((name) => fake.store.all(name).length);
  const firstServer = () => fake.store.all("servers").find((server) => bootOf(server).includes("INITIALISE='yes'"));
  const bootOf = ({ id }: Item) => fake.store.userData.get(id) ?? "";

  /** Boots the first server when it is there, and enters every server as a node once the kubeconfig is known. */
  async function boots(): Promise<void> {
    let collecting = false;
    while (!stopped) {
      await sleep(200);
      const first = firstServer();
      if (first) controlPlane ??= await startControlPlane(bootOf(first), ADDRESS, 6443);
      const answers = controlPlane && (await enterNodes(controlPlane.administrator).catch(() => false));
      if (answers === true && !collecting) {
        collecting = true;
        await controlPlane?.collectGarbage();
      }
    }
  }

  async function enterNodes(administrator: string): Promise<true> {
    const kube = new KubeClient(administrator);
    const known = (await kube.list({ apiVersion: "v1", kind: "Node" })).map(({ metadata }) => metadata.name);
    for (const { name = "", ...server } of fake.store.all("servers").filter((one) => !known.includes(one.name))) {
      const labels = { "hcloud-postgres/nodepool": (server["labels"] as { nodepool: string }).nodepool };
      const [{ ip: address } = {}] = server["private_net"] as { ip?: string }[];
      if (address === undefined) continue;
      await kube.create({ apiVersion: "v1", kind: "Node", metadata: { name, labels } });
      const status = {
        conditions: [{ type: "Ready", status: "True" }],
        addresses: [{ type: "InternalIP", address }],
      };
      const contentType = "application/merge-patch+json";
      await kube.request("PATCH", `/api/v1/nodes/${name}/status`, { contentType, body: { status } });
    }
    return true;
  }

  test("a sold-out server type is named, a rate limit is waited out, and the next up goes on from there", async () => {
    configure();
    fake.failNext("POST", /^\/v1\/networks$/, new ApiProblem(429, "rate_limit_exceeded", "limit reached"), 2);
    fake.failNext("POST", /^\/v1\/servers$/, new ApiProblem(412, "resource_unavailable", "cax31 is sold out"));
    const refused = await up();
    expect(refused.code).not.toBe(0);
    expect(refused.stdout).toContain("cax31 is sold out (resource_unavailable)");
    const made = fake.store.all("networks");
    expect(made).toHaveLength(1);
    expect((await up()).code).toBe(0);
    expect(fake.store.all("networks")).toEqual(made);
    expect(held()).toEqual([8, 1, 1, 3, 3, 1]);
  });

  test("what was made is what was asked: nothing is left to change, after a look at Hetzner too", async () => {
    for (const more of [[], ["--refresh"]]) {
      const { code, stdout } = await withStack("preview", "--expect-no-changes", ...more);
      expect(code, stdout).toBe(0);
    }
  });

  test("a change makes and changes what it names, and no running server is touched", async () => {
    const before = new Map(fake.store.all("servers").map(({ id, name }) => [id, name]));
    configure((settings) => {
      settings.firewallKubeApiSource.push("100.64.8.0/24");
      Object.assign(settings.agentNodepools[0] ?? {}, { count: 3 });
      Object.assign(settings, { additionalTlsSans: ["db.example"], auditLogMaxAge: 7 });
    });
    const { code, stdout } = await up();
    expect(code, stdout).toBe(0);
    const after = new Map(fake.store.all("servers").map(({ id, name }) => [id, name]));
    expect([...after].filter(([id]) => !before.has(id)).map(([, name]) => name)).toEqual(["arm64-workers-3"]);
    expect([...before.keys()].filter((id) => !after.has(id))).toEqual([]);
    expect(JSON.stringify(fake.store.all("firewalls")[0]?.["rules"])).toContain("100.64.8.0/24");
  });

  test("the administrator's certificate is renewed in its last 90 days, seen in a preview, and touches no server", async () => {
    const kubeconfig = async () =>
      (await run("stack", "output", "kubeconfig", "--show-secrets", "--stack", "arm64")).stdout;
    const state = JSON.parse((await run("stack", "export", "--stack", "arm64")).stdout) as State;
    const [old, before] = [await kubeconfig(), held()];
    const certificate = state.deployment.resources.find(({ urn }) => urn.endsWith("::cluster-pki-admin"));
    Object.assign(certificate?.outputs ?? {}, { validityEndTime: new Date(Date.now() + 89 * DAY).toISOString() });
    writeFileSync(join(folder, "state.json"), JSON.stringify(state));
    await run("stack", "import", "--stack", "arm64", "--file", join(folder, "state.json"));

    const preview = JSON.parse((await withStack("preview", "--json")).stdout) as {
      steps: { op: string; urn: string }[];
    };
    const changed = preview.steps.filter(({ op }) => !["same", "read"].includes(op));
    // The token is looked at again, since its provider gets another kubeconfig.
    const providers = [
      "cluster-bootstrap-provider",
      "cluster-provider",
      "cluster-adopting-provider",
      "cluster-cloud-token",
    ];
    expect(new Set(changed.map(({ urn }) => urn.split("::").at(-1)))).toEqual(
      new Set(["cluster-pki-admin", ...providers]),
    );
    const replaced = changed.filter(({ op }) => op.includes("replace")).map(({ urn }) => urn.split("::").at(-1));
    expect(new Set(replaced)).toEqual(new Set(["cluster-pki-admin"]));
    const { code, stdout } = await up();
    expect(code, stdout).toBe(0);
    expect(old).toContain("client-certificate-data");
    expect(await kubeconfig()).not.toBe(old);
    expect(held()).toEqual(before);
  });

  test("an API that is down is named, and the next up goes on", async () => {
    const before = held();
    configure((settings) => Object.assign(settings.agentNodepools[0] ?? {}, { count: 4 }));
    endpoint = "http://127.0.0.1:1";
    const { code, stdout } = await up();
    endpoint = fake.url;
    expect(code).not.toBe(0);
    expect(stdout).toContain("127.0.0.1:1");
    expect(held()).toEqual(before);
    expect((await up()).code).toBe(0);
    expect(fake.store.all("servers").map(({ name }) => name)).toContain("arm64-workers-4");
  });

  test("a token that Hetzner refuses is named, and changes nothing, least of all what is known of the cluster", async () => {
    const known = async () => (await run("stack", "output", "clusterUid", "--stack", "arm64")).stdout.trim();
    const [before, uid] = [held(), await known()];
    expect(uid).toMatch(/^[0-9a-f-]{36}$/);
    configure((settings, config) => {
      Object.assign(settings.agentNodepools[0] ?? {}, { count: 5 });
      config["hcloud-postgres:hcloudToken"] = "g".repeat(64);
    });
    const { code, stdout } = await up();
    expect(code).not.toBe(0);
    expect(stdout).toContain("unable to authenticate (unauthorized)");
    expect(held()).toEqual(before);
    expect(await known()).toBe(uid);
  });

  test("what is protected is not destroyed; without protection nothing is left", async () => {
    configure();
    const before = held();
    expect((await withStack("destroy", "--yes", "--skip-preview")).code).not.toBe(0);
    expect(held()).toEqual(before);
    configure((_settings, config) => (config["hcloud-postgres:protect"] = false));
    const unprotected = await up();
    expect(unprotected.code, unprotected.stdout).toBe(0);
    // A server that is made anew gets today's user data: it starts no cluster, and holds no key of a CA.
    const replaced = await withStack("up", "--yes", "--skip-preview", "--replace", FIRST);
    expect(replaced.code, replaced.stdout).toBe(0);
    expect(firstServer()).toBeUndefined();
    expect(fake.store.all("servers").filter((server) => bootOf(server).includes("PRIVATE KEY"))).toEqual([]);
    const destroyed = await withStack("destroy", "--yes", "--skip-preview");
    expect(destroyed.code, destroyed.stdout).toBe(0);
    expect(held()).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
