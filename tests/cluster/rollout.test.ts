import { afterAll, beforeAll, expect, test } from "vitest";
import type { KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { podStatus } from "../../kube/pods.ts";
import { hasCondition, until, untilObject } from "../../kube/wait.ts";
import { run } from "../../local/exec.ts";
import { paths } from "../../local/node/layout.ts";
import { operandImage } from "../../local/node/operand.ts";
import { destroy, up } from "../../local/stack.ts";
import { connects, losePrimary } from "./instances.ts";
import { cluster, configure, onStack, ref } from "./support.ts";

const namespace = "production";
/** The same image by the name of a later version: the operator goes by the name. */
const later = "localhost/postgresql:15.99-bookworm";
const pg = ref.pgCluster(namespace);

let client: KubeClient;
let kubeconfig: string;

beforeAll(async () => {
  ({ client, kubeconfig } = await cluster());
  const containerd = ["--address", paths.containerdSocket, "--namespace", "k8s.io"];
  await run("ctr", [...containerd, "images", "tag", "--force", operandImage, later]);
  await configure(kubeconfig);
  await up();
});

afterAll(() => destroy());

function instances(): Promise<KubeObject[]> {
  return client.list(ref.pods(namespace), { labelSelector: "cnpg.io/podRole=instance" });
}

function imageOf(pod: KubeObject): string | undefined {
  const { containers } = pod["spec"] as { containers: { name: string; image: string }[] };
  return containers.find(({ name }) => name === "postgres")?.image;
}

/** Whether packets of an instance arrive. */
function reaches(host: string, port: number): Promise<boolean> {
  return connects(client, { namespace, pod: "pg-1", container: "postgres" }, host, port);
}

test("an image of another minor version is rolled out, instance by instance", async () => {
  await configure(kubeconfig, { database: { image: later } });
  await up();
  const allNew = async () => {
    const pods = await instances();
    return pods.length === 3 && pods.every((pod) => imageOf(pod) === later) ? true : undefined;
  };
  await until("every instance with the new image", allNew, { seconds: 300 });
  await untilObject(client, pg, "ready", (object) => hasCondition(object, "Ready"), { seconds: 180 });
});

test("with restricted egress an instance reaches its peers, the API server and DNS, and nothing else", async () => {
  const [dns] = await client.list(ref.pods("kube-system"), { labelSelector: "k8s-app=kube-dns" });
  const nameServer = podStatus(dns).podIP ?? "";
  const health = 8181;
  expect(await reaches(nameServer, health)).toBe(true);
  await configure(kubeconfig, { database: { image: later, egress: { restricted: true } } });
  await up();
  const closed = async () => ((await reaches(nameServer, health)) ? undefined : true);
  await until("what the database does not need to be closed", closed, { seconds: 30 });
  expect(await reaches(nameServer, 53)).toBe(true);
  expect(await reaches("kubernetes.default.svc", 443)).toBe(true);
  for (const { podIP = "" } of (await instances()).map(podStatus)) {
    expect(await reaches(podIP, 5432)).toBe(true);
    expect(await reaches(podIP, 8000)).toBe(true);
  }
  const { stdout, code } = await onStack("preview", "--expect-no-changes");
  expect(code, stdout).toBe(0);
});

test("a lost primary is replaced then too, and comes back as a standby", async () => {
  await losePrimary(client, namespace);
  const complete = (object: KubeObject) =>
    (object["status"] as { readyInstances?: number }).readyInstances === 3 && hasCondition(object, "Ready");
  await untilObject(client, pg, "complete", complete, { seconds: 180 });
});
