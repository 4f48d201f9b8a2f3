import { expect, test } from "vitest";
import { readClusters } from "../../../components/cluster/live.ts";
import { ApiError, KubeClient } from "../../../kube/client.ts";
import { KUBECONFIG } from "../program/stack.ts";

/** An API server that answers these paths, and no other. */
class Answering extends KubeClient {
  readonly #answers: Readonly<Record<string, unknown>>;

  constructor(answers: Readonly<Record<string, unknown>>) {
    super(KUBECONFIG);
    this.#answers = answers;
  }

  override request(_method: string, path: string): Promise<unknown> {
    const answer = this.#answers[path];
    if (answer === undefined) return Promise.reject(new ApiError(404, "NotFound", "404 page not found"));
    return Promise.resolve(answer);
  }
}

const group = "/apis/postgresql.cnpg.io/v1";
const kind = (name: string, plural: string) => ({ name: plural, kind: name, namespaced: true });
const pg = { metadata: { namespace: "production", name: "pg" } };

test.each([
  ["not installed", {}],
  ["half installed: other kinds of its group are there", { [group]: { resources: [kind("Backup", "backups")] } }],
])("there are no Clusters where CloudNativePG is %s", async (_, answers) => {
  expect(await readClusters(new Answering(answers), "production")).toEqual([]);
  expect(await readClusters(new Answering(answers))).toEqual([]);
});

test("Clusters are those of a namespace, or of all", async () => {
  const client = new Answering({
    [group]: { resources: [kind("Cluster", "clusters")] },
    [`${group}/namespaces/production/clusters`]: { items: [pg] },
    [`${group}/clusters`]: { items: [pg, pg] },
  });
  expect((await readClusters(client, "production")).map(({ metadata }) => metadata.name)).toEqual(["pg"]);
  expect(await readClusters(client)).toHaveLength(2);
});
