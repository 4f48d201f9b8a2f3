import type { Toleration } from "../../config/schema.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { probe, probeScript } from "./probe.ts";

/** A pod that can run under the `restricted` Pod Security Standard, with the probe mounted. */
export interface ProbePodArgs {
  namespace: string;
  name: string;
  labels: Record<string, string>;
  /** A PostgreSQL image (bash, coreutils, perl, psql). */
  image: string;
  /** Default `IfNotPresent`. */
  imagePullPolicy?: string;
  /** Default: none but to stay and be asked. */
  command?: string[];
  /** Name of the ConfigMap that holds the probe. */
  configMap: string;
  /** The pod ends by itself after so many seconds, should nobody remove it. */
  lifetimeSeconds: number;
  /** Names of the nodes it may run on; default any. */
  nodes?: readonly string[];
  tolerations?: readonly Toleration[];
  /** Default: that of the namespace. */
  serviceAccountName?: string;
  /** Default: Never. A client of a database is to have Always. */
  restartPolicy?: "Always" | "Never";
}

/** Uid and gid of `postgres` in CloudNativePG's images. */
const postgres = 26;

/** Renders one pod to ask from, or to be asked for. */
export function probePod(args: ProbePodArgs): KubeObject {
  const { namespace, name, labels, image, command = ["sleep", "infinity"], nodes, tolerations } = args;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace, name, labels },
    spec: {
      restartPolicy: args.restartPolicy ?? "Never",
      activeDeadlineSeconds: args.lifetimeSeconds,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(args.serviceAccountName !== undefined && { serviceAccountName: args.serviceAccountName }),
      ...(nodes && { affinity: { nodeAffinity: onNodes(nodes) } }),
      ...(tolerations && { tolerations }),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: postgres,
        runAsGroup: postgres,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: probe.container,
          image,
          imagePullPolicy: args.imagePullPolicy ?? "IfNotPresent",
          command,
          env: [{ name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }],
          resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } },
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
            readOnlyRootFilesystem: true,
          },
          volumeMounts: [{ name: "probe", mountPath: probe.directory, readOnly: true }],
        },
      ],
      volumes: [{ name: "probe", configMap: { name: args.configMap } }],
    },
  };
}

/** Renders the ConfigMap that brings the probe into pods, with further files beside it. */
export function probeConfigMap(namespace: string, name: string, files: Record<string, string> = {}): KubeObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace, name },
    data: { [probe.file]: probeScript, ...files },
  };
}

function onNodes(names: readonly string[]): unknown {
  return {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: names.map((name) => ({
        matchFields: [{ key: "metadata.name", operator: "In", values: [name] }],
      })),
    },
  };
}
