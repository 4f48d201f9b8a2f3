import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { HetznerSettings } from "../../../config/hetzner/schema.ts";
import { CLOUD_SECRET } from "./cloudController.ts";

/** Source: hetznercloud/csi-driver v2.22.1, chart/; the chart's version is the driver's. */
const CHART = { name: "hcloud-csi", version: "2.22.1", repository: "https://charts.hetzner.cloud" };
const PASSPHRASE_SECRET = "hcloud-csi-encryption";

/** StorageClass of the database's volumes: `local-path` is k3s' own. */
export const STORAGE_CLASSES = {
  local: "local-path",
  volumes: "hcloud-volumes",
  "volumes-encrypted": "hcloud-volumes-encrypted",
} satisfies Record<HetznerSettings["databaseStorage"], string>;

/** Hetzner's storage driver and its classes; none of them is a default where k3s' own is. */
export function hetznerStorage(
  name: string,
  settings: HetznerSettings,
  protect: boolean,
  opts: pulumi.CustomResourceOptions,
): void {
  const { databaseStorage } = settings;
  const encrypted = databaseStorage === "volumes-encrypted";
  const secrets = encrypted ? [passphrase(name, protect, opts)] : [];
  new k8s.helm.v3.Release(
    `${name}-csi`,
    {
      name: CHART.name,
      chart: CHART.name,
      version: CHART.version,
      namespace: CLOUD_SECRET.namespace,
      repositoryOpts: { repo: CHART.repository },
      values: {
        // The driver asks the metadata service which server it is on, and pods are kept from that.
        node: { hostNetwork: true },
        storageClasses: [
          storageClass(STORAGE_CLASSES.volumes, databaseStorage !== "local", {}),
          ...(encrypted
            ? [
                storageClass(STORAGE_CLASSES["volumes-encrypted"], false, {
                  "csi.storage.k8s.io/node-publish-secret-name": PASSPHRASE_SECRET,
                  "csi.storage.k8s.io/node-publish-secret-namespace": CLOUD_SECRET.namespace,
                }),
              ]
            : []),
        ],
      },
    },
    { ...opts, dependsOn: secrets },
  );
}

function storageClass(name: string, isDefault: boolean, extraParameters: Record<string, string>) {
  return { name, defaultStorageClass: isDefault, reclaimPolicy: "Retain", extraParameters };
}

/** What the volumes are encrypted with: lost with it. */
function passphrase(name: string, protect: boolean, opts: pulumi.CustomResourceOptions): pulumi.Resource {
  const { result } = new random.RandomPassword(
    `${name}-volume-passphrase`,
    { length: 48, special: false },
    { ...(opts.parent && { parent: opts.parent }), protect },
  );
  return new k8s.core.v1.Secret(
    `${name}-volume-passphrase`,
    {
      metadata: { name: PASSPHRASE_SECRET, namespace: CLOUD_SECRET.namespace },
      stringData: { "encryption-passphrase": pulumi.secret(result) },
    },
    { ...opts, protect },
  );
}
