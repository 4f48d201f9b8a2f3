import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { KubeObject } from "../../../kube/objects.ts";
import { client, clientWorkload } from "../../../local/proof/workload.ts";

interface Pod {
  metadata: { labels: Record<string, string> };
  spec: {
    serviceAccountName: string;
    automountServiceAccountToken: boolean;
    securityContext: unknown;
    readinessGates?: unknown[];
    containers: Container[];
    volumes: { name: string }[];
  };
}
interface Container {
  image: string;
  command: string[];
  args?: string[];
  env: unknown;
  securityContext: unknown;
  volumeMounts: { name: string }[];
}
const deploymentOf = (object: KubeObject) =>
  object as unknown as { spec: { replicas: number; selector: { matchLabels: Record<string, string> }; template: Pod } };

const yaml = readFileSync(new URL("../../../examples/client.yaml", import.meta.url), "utf8");
const example = deploymentOf(parse(yaml) as KubeObject).spec.template;
const overlay = {
  namespace: "elsewhere",
  name: "proof-client",
  labels: { proof: "yes" },
  image: "example.org/postgresql:17",
  replicas: 4,
  configMap: "probe-files",
};

describe("the example client", () => {
  it("is who stack `local` declares", () => {
    const stack = parse(readFileSync(new URL("../../../Pulumi.local.yaml", import.meta.url), "utf8")) as {
      config: Record<string, [{ name: string; workloads: [{ podLabels: object; serviceAccount: { name: string } }] }]>;
    };
    const [declared] = stack.config["hcloud-postgres:clients"] ?? [];
    expect(client.labels).toEqual(declared?.workloads[0].podLabels);
    expect(client.serviceAccount).toBe(declared?.workloads[0].serviceAccount.name);
    expect(client.secret).toBe(`pg-${String(declared?.name)}-credentials`);
  });

  it("mounts the CA's certificate and never its key, and no token", () => {
    expect(example.spec.volumes).toEqual([
      { name: "ca", secret: { secretName: "pg-ca", items: [{ key: "ca.crt", path: "ca.crt" }] } },
    ]);
    expect(example.spec.automountServiceAccountToken).toBe(false);
  });

  it("meets the restricted Pod Security Standard", () => {
    expect(example.spec.securityContext).toEqual({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
    expect(example.spec.containers[0]?.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
    });
  });
});

describe("clientWorkload", () => {
  const { metadata, ...rest } = clientWorkload(overlay);
  const { spec } = deploymentOf({ metadata, ...rest });
  const [container] = spec.template.spec.containers;

  it("keeps what makes the client the client", () => {
    expect(spec.template.metadata.labels).toMatchObject(client.labels);
    expect(spec.template.spec.serviceAccountName).toBe(example.spec.serviceAccountName);
    expect(spec.template.spec.securityContext).toEqual(example.spec.securityContext);
    expect(container?.env).toEqual(example.spec.containers[0]?.env);
    expect(container?.args).toEqual(example.spec.containers[0]?.args);
    expect(container?.securityContext).toEqual(example.spec.containers[0]?.securityContext);
    expect(container?.volumeMounts.map(({ name }) => name)).toEqual(["ca", "probe"]);
    expect(spec.template.spec.volumes.map(({ name }) => name)).toEqual(["ca", "probe"]);
  });

  it("takes name, namespace, image and number from the proof", () => {
    expect(metadata).toEqual({ namespace: "elsewhere", name: "proof-client", labels: { proof: "yes" } });
    expect(container?.image).toBe("example.org/postgresql:17");
    expect(spec.replicas).toBe(4);
  });

  it("neither selects a real client's pods nor takes their traffic", () => {
    const own = { "hcloud-postgres/workload": "proof-client" };
    expect(spec.selector.matchLabels).toEqual({ ...client.labels, ...own });
    expect(spec.template.metadata.labels).toEqual({ ...client.labels, ...own });
    expect(spec.template.spec.readinessGates).toHaveLength(1);
  });

  it("runs another command in place of the example's", () => {
    const [writer] = deploymentOf(clientWorkload({ ...overlay, command: ["bash", "writer.sh"] })).spec.template.spec
      .containers;
    expect(writer?.command).toEqual(["bash", "writer.sh"]);
    expect(writer).not.toHaveProperty("args");
  });
});
