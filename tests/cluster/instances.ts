import type { KubeClient } from "../../kube/client.ts";
import { exec, type Target } from "../../kube/exec.ts";
import { until } from "../../kube/wait.ts";
import { primaryOf } from "../../local/proof/subject.ts";
import { ref } from "./support.ts";

/** Whether packets from a container without a probe, but with a shell, arrive within two seconds. */
export async function connects(client: KubeClient, from: Target, host: string, port: number): Promise<boolean> {
  const connect = `timeout 2 bash -c 'exec 3<>/dev/tcp/${host}/${String(port)}'`;
  return (await exec(client, from, ["bash", "-c", connect])).code === 0;
}

/** Deletes the pod of the primary, and waits until another one is. */
export async function losePrimary(client: KubeClient, namespace: string): Promise<void> {
  const database = { namespace, cluster: "pg" };
  const before = await primaryOf(client, database);
  await client.delete({ ...ref.pods(namespace), name: before });
  const replaced = async () => ((await primaryOf(client, database)) === before ? undefined : true);
  await until("another primary", replaced, { seconds: 120 });
}
