import { expect, test } from "vitest";
import { secretObjections } from "../../../components/adoption/secrets.ts";
import { schema } from "../../../config/schema.ts";
import { KubeClient } from "../../../kube/client.ts";
import type { KubeObject } from "../../../kube/objects.ts";
import { KUBECONFIG } from "../program/stack.ts";

const workloads = [{ podLabels: { app: "myapp" }, serviceAccount: { name: "myapp" } }];
const client = { name: "app", role: "app_user", database: "app", existingSecret: "mine", workloads };
const config = schema.parse({ clients: [client] });

/** An API server that has this one object. */
class OneSecret extends KubeClient {
  readonly #object: KubeObject | undefined;

  constructor(data: Record<string, string> | undefined) {
    super(KUBECONFIG);
    const metadata = { namespace: "production", name: "mine" };
    this.#object = data && { apiVersion: "v1", kind: "Secret", metadata, data };
  }

  override get(): Promise<KubeObject | undefined> {
    return Promise.resolve(this.#object);
  }
}

const base64 = (text: string) => Buffer.from(text).toString("base64");
const password = base64("do not show me");

test.each([
  ["that is not there", undefined, "a Secret in namespace production"],
  ["of another role", { username: base64("root"), password }, "a Secret whose username is app_user"],
  ["of nobody", { password }, "a Secret whose username is app_user"],
  ["without a password", { username: base64("app_user") }, "a Secret with a password"],
])("a Secret %s is refused, and no password is told", async (_which, data, expected) => {
  const problems = await secretObjections(config, new OneSecret(data));
  expect(problems).toMatchObject([{ key: "clients[0].existingSecret", got: "mine", expected }]);
  expect(JSON.stringify(problems)).not.toContain("do not show me");
});

test("a Secret of the client's is none to object to", async () => {
  expect(await secretObjections(config, new OneSecret({ username: base64("app_user"), password }))).toEqual([]);
});
