import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { probe } from "../../components/enforcement/probe.ts";
import type { KubeObject } from "../../kube/objects.ts";

/** The parts of examples/client.yaml that the proof reads or changes. */
interface Deployment extends KubeObject {
  spec: {
    replicas?: number;
    selector: { matchLabels: Record<string, string> };
    template: {
      metadata: { labels: Record<string, string> };
      spec: {
        serviceAccountName: string;
        terminationGracePeriodSeconds?: number;
        readinessGates?: { conditionType: string }[];
        containers: [Container];
        volumes: unknown[];
      };
    };
  };
}

interface Container {
  name: string;
  image: string;
  imagePullPolicy?: string;
  command: string[];
  args?: string[];
  env: { name: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[];
  volumeMounts: unknown[];
}

const example = parse(readFileSync(new URL("../../examples/client.yaml", import.meta.url), "utf8")) as Deployment;

const { spec: pod, metadata } = example.spec.template;
const [container] = pod.containers;

/** Who the example client is, as its manifest says. */
export const client = {
  labels: metadata.labels,
  serviceAccount: pod.serviceAccountName,
  container: container.name,
  /** Name of the Secret with its credentials. */
  secret: container.env.find(({ name }) => name === "PGPASSWORD")?.valueFrom?.secretKeyRef.name ?? "",
} as const;

/** What the proof changes in the example, and nothing else. */
export interface Overlay {
  namespace: string;
  /** Name of the Deployment; its pods wear it too, so that it selects no other pods of the client. */
  name: string;
  /** Labels of the Deployment. */
  labels: Record<string, string>;
  image: string;
  replicas: number;
  /** ConfigMap with the probe, mounted beside what the example mounts. */
  configMap: string;
  /** In place of the example's own. */
  command?: string[];
}

/** The very workload of examples/client.yaml, never ready, so that no Service sends it the real client's traffic. */
export function clientWorkload(overlay: Overlay): KubeObject {
  const { namespace, name, labels, image, replicas, configMap, command } = overlay;
  const own = { "hcloud-postgres/workload": name };
  const selector = { matchLabels: { ...example.spec.selector.matchLabels, ...own } };
  const mount = { name: "probe", mountPath: probe.directory, readOnly: true };
  const { args, ...app } = container;
  const proved: Container = {
    ...app,
    image,
    imagePullPolicy: "IfNotPresent",
    ...(command ? { command } : args && { args }),
    volumeMounts: [...container.volumeMounts, mount],
  };
  const template = {
    metadata: { ...metadata, labels: { ...metadata.labels, ...own } },
    spec: {
      ...pod,
      terminationGracePeriodSeconds: 1,
      readinessGates: [{ conditionType: "hcloud-postgres/in-service" }],
      containers: [proved],
      volumes: [...pod.volumes, { name: "probe", configMap: { name: configMap } }],
    },
  };
  return {
    ...example,
    metadata: { namespace, name, labels },
    spec: { ...example.spec, replicas, selector, template },
  };
}

/** Selects the pods of one such workload. */
export function podsOf(name: string): string {
  return `hcloud-postgres/workload=${name}`;
}
