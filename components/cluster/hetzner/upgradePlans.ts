import { readFileSync } from "node:fs";
import { join } from "node:path";
import { k3sDigests } from "../../../config/hetzner/k3sReleases.ts";
import type { HetznerSettings, UpgradeWindow } from "../../../config/hetzner/schema.ts";
import type { KubeObject } from "../../../kube/objects.ts";
import { K3S_LABEL, releaseTag } from "./plan.ts";
import { UPGRADE_ACCOUNT, UPGRADE_NAMESPACE } from "./upgradeController.ts";

/** Holds a release's binary at /opt/k3s and puts it in place; its tag is the release. Source: k3s-io/k3s-upgrade. */
const IMAGE = "docker.io/rancher/k3s-upgrade";
const CONTROL_PLANE = "node-role.kubernetes.io/control-plane";
const CHECK = readFileSync(join(import.meta.dirname, "files", "check-upgrade.sh"), "utf8");

/**
 * Plans that bring every node to the pinned k3s inside the window, one after the other, the control plane first. A node that
 * is on that release already is left alone. A drain waits for PodDisruptionBudgets as long as it takes.
 */
export function upgradePlans(settings: HetznerSettings, window: UpgradeWindow): KubeObject[] {
  return [
    plan("k3s-server", settings, window, { role: { key: CONTROL_PLANE, operator: "Exists" }, prepare: [] }),
    plan("k3s-agent", settings, window, {
      role: { key: CONTROL_PLANE, operator: "DoesNotExist" },
      prepare: ["/bin/upgrade.sh", "prepare", "k3s-server"],
    }),
  ];
}

interface Of {
  /** Which nodes. */
  role: { key: string; operator: string };
  /** What is run on a node before it is drained, once the binary is found to be the right one. */
  prepare: string[];
}

function plan(name: string, settings: HetznerSettings, window: UpgradeWindow, { role, prepare }: Of): KubeObject {
  const { k3sVersion, k3sArtifactSha256, systemUpgradeUseDrain } = settings;
  const { amd64, arm64 } = k3sDigests(k3sVersion, k3sArtifactSha256);
  const digests = [amd64, arm64].filter((digest) => digest !== undefined).join(" ");
  return {
    apiVersion: "upgrade.cattle.io/v1",
    kind: "Plan",
    metadata: { name, namespace: UPGRADE_NAMESPACE },
    spec: {
      version: k3sVersion,
      window,
      concurrency: 1,
      jobActiveDeadlineSecs: 0,
      serviceAccountName: UPGRADE_ACCOUNT,
      nodeSelector: { matchExpressions: [role, { key: K3S_LABEL, operator: "NotIn", values: [releaseTag(settings)] }] },
      postCompleteLabels: { [K3S_LABEL]: "$(LATEST_VERSION)" },
      tolerations: [{ operator: "Exists" }],
      ...(systemUpgradeUseDrain
        ? { drain: { ignoreDaemonSets: true, deleteEmptydirData: true, disableEviction: false } }
        : { cordon: true }),
      prepare: { image: IMAGE, command: ["sh", "-euc", CHECK, "check-upgrade", digests], args: prepare },
      upgrade: { image: IMAGE },
    },
  };
}
