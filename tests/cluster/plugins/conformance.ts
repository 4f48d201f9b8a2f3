import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from "vitest";
import { KubeClient } from "../../../kube/client.ts";
import type { KubeObject } from "../../../kube/objects.ts";
import { deleteAndWait, until } from "../../../kube/wait.ts";
import { Sandbox, type Preview } from "../sandbox.ts";

/** Of each file that runs at the same time its own. */
export const NAMESPACE = `plugin-conformance-${String(process.env["VITEST_POOL_ID"])}`;
export const WIDGET_KIND = { apiVersion: "conformance.example.com/v1", kind: "Widget" };
export const WIDGETS = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" };

/** A client of the cluster under test. */
export let client: KubeClient;
/** The project of the running test. */
export let sandbox: Sandbox;
/** Content of the kubeconfig of the cluster under test. */
export const kubeconfig = inject("kubeconfig");

/**
 * Sets the stage for a file of the conformance suite: what the program relies on in the Kubernetes and random plugins, driven
 * through the real engine. The suite does not know which plugin it runs against: the real ones where they are installed or on
 * PATH, the stand-ins elsewhere.
 */
export function conformance(): void {
  beforeAll(async () => {
    client = new KubeClient(kubeconfig);
    await deleteAndWait(client, { apiVersion: "v1", kind: "Namespace", name: NAMESPACE }, { seconds: 120 });
    await client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
  });

  afterAll(async () => {
    await client.delete({ apiVersion: "v1", kind: "Namespace", name: NAMESPACE });
  });

  beforeEach(async () => {
    sandbox = await Sandbox.create();
  });

  afterEach(() => {
    sandbox.remove();
  });
}

/** A program with a provider for the cluster under test, handed to resources as `opts`. */
export function program(body: string, config: Record<string, unknown> = {}): string {
  return `import * as pulumi from "@pulumi/pulumi";
import * as k8s from "@pulumi/kubernetes";
import * as random from "@pulumi/random";
const opts = { provider: new k8s.Provider("cluster", ${JSON.stringify({ kubeconfig, clusterIdentifier: "test", ...config })}) };
${body}`;
}

/** A program that registers the objects as they are, each under its Kubernetes name. */
export function objects(list: KubeObject[], config: Record<string, unknown> = {}): string {
  const resources = list.map((object) => {
    const { apiVersion, kind, metadata, ...rest } = object;
    const args = { ...rest, metadata: { namespace: NAMESPACE, ...metadata } };
    const known = knownClasses[`${apiVersion}/${kind}`];
    const custom = `new k8s.apiextensions.CustomResource(NAME, { apiVersion: "${apiVersion}", kind: "${kind}", ...ARGS }, opts);`;
    return (known === undefined ? custom : `new k8s.${known}(NAME, ARGS, opts);`)
      .replace("NAME", JSON.stringify(metadata.name))
      .replace("ARGS", JSON.stringify(args));
  });
  return program(resources.join("\n"), config);
}

const knownClasses: Record<string, string> = {
  "v1/ConfigMap": "core.v1.ConfigMap",
  "v1/Secret": "core.v1.Secret",
  "v1/Service": "core.v1.Service",
  "v1/PersistentVolumeClaim": "core.v1.PersistentVolumeClaim",
  "batch/v1/Job": "batch.v1.Job",
  "apps/v1/Deployment": "apps.v1.Deployment",
};

/** A ConfigMap in the suite's namespace. */
export function configMap(
  name: string,
  fields: Record<string, unknown> = {},
  annotations: Record<string, string> = {},
): KubeObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: annotated(name, annotations), ...fields };
}

/** A custom object of the suite's own kind. */
export function widget(
  name: string,
  spec: Record<string, unknown>,
  annotations: Record<string, string> = {},
): KubeObject {
  return { ...WIDGET_KIND, metadata: annotated(name, annotations), spec };
}

/** Metadata with annotations, where there are any. */
export function annotated(name: string, annotations: Record<string, string>) {
  return Object.keys(annotations).length === 0 ? { name } : { name, annotations };
}

/** The definition of a namespaced kind that takes any field. */
export function widgets(singular: string): KubeObject {
  const plural = singular.replace(/y$/, "ie") + "s";
  const kind = singular.charAt(0).toUpperCase() + singular.slice(1);
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return {
    ...WIDGETS,
    metadata: { name: `${plural}.conformance.example.com` },
    spec: {
      group: "conformance.example.com",
      scope: "Namespaced",
      names: { kind, plural, singular, listKind: `${kind}List` },
      versions: [{ name: "v1", served: true, storage: true, subresources: { status: {} }, schema }],
    },
  };
}

/** The object as it is in the suite's namespace; undefined where there is none. */
export function live(kind: string, name: string, apiVersion = "v1"): Promise<KubeObject | undefined> {
  return client.get({ apiVersion, kind, namespace: NAMESPACE, name });
}

/** What a preview does with a resource. */
export function stepsOf(preview: Preview, name: string): string[] {
  return (preview.steps ?? []).filter(({ urn }) => urn.endsWith(`::${name}`)).map(({ op }) => op);
}

/** `pulumi up` of a program (or of the last one again) that has to succeed. */
export async function expectUp(source?: string, ...args: string[]): Promise<string> {
  const { code, stdout } = await sandbox.up(source, ...args);
  expect(code, stdout).toBe(0);
  return stdout;
}

/** `pulumi up` of a program that has to fail; answers what it said. */
export async function expectFailure(source: string): Promise<string> {
  const { code, stdout } = await sandbox.up(source);
  expect(code, stdout).not.toBe(0);
  return stdout;
}

/** Writes an object's status as its controller would, as soon as the object is there. */
export async function setStatus(kind: string, apiVersion: string, name: string, status: unknown): Promise<void> {
  await until(`${kind} ${name}`, () => live(kind, name, apiVersion), { seconds: 30 });
  await client.mergePatch({ apiVersion, kind, namespace: NAMESPACE, name }, { status }, "status");
}
