/** In which of CloudNativePG's samples a rule finds something, and why it is true. A rule that is not here finds nothing. */
export interface Expected {
  readonly because: string;
  /** In all samples with an object of this kind, ... */
  readonly every?: "Cluster" | "Pooler";
  /** ... but these. */
  readonly except?: readonly string[];
  readonly only?: readonly string[];
}

/** Samples that show one thing with a single instance. */
const single = [
  "cluster-example-logical-destination.yaml",
  "cluster-example-managed-services.yaml",
  "cluster-example-replica-from-backup-simple.yaml",
  "cluster-example-replica-from-volume-snapshot.yaml",
  "cluster-example-replica-streaming.yaml",
  "cluster-replica-from-backup-other-namespace.yaml",
  "pooler-example-cluster-image-catalog.yaml",
  "pooler-example-explicit-image.yaml",
  "pooler-example-image-catalog.yaml",
  "postgis-example.yaml",
];

export const expected: Readonly<Record<string, Expected>> = {
  "pg-hba-closed-last": {
    because: "None turns anybody away, so that everybody meets the operator's last line, or host all all all md5.",
    every: "Cluster",
  },
  "pg-hba-tls-only": {
    because: "They let in by host all all 10.244.0.0/16 md5, or host all all all md5.",
    only: ["cluster-example-custom.yaml", "cluster-example-full.yaml", "cluster-example-pod-selector-refs.yaml"],
  },
  "pg-hba-strong-authentication": {
    because: "The same lines authenticate by md5.",
    only: ["cluster-example-custom.yaml", "cluster-example-full.yaml", "cluster-example-pod-selector-refs.yaml"],
  },
  "pg-hba-named-only": {
    because: "The same lines, and hostssl app all all cert, are for everybody.",
    only: [
      "cluster-example-custom.yaml",
      "cluster-example-full.yaml",
      "cluster-example-pg-hba.yaml",
      "cluster-example-pod-selector-refs.yaml",
    ],
  },
  "pooler-tls-only": {
    because: "PgBouncer only prefers TLS on the side of the clients; pooler-tls.yaml speaks of the other side.",
    every: "Pooler",
  },
  "superuser-access-off": {
    because: "They show how the superuser gets a password.",
    only: ["cluster-example-full.yaml", "cluster-example-secret.yaml"],
  },
  "roles-without-global-powers": {
    because:
      "A logical subscriber needs replication, and may then copy the whole server: the owner of app is no such role.",
    only: ["cluster-example-logical-source.yaml"],
  },
  "image-pinned": {
    because: "Their tags are major versions, which move.",
    only: [
      "cluster-example-bis-restore.yaml",
      "cluster-example-bis.yaml",
      "cluster-example-catalog.yaml",
      "cluster-example-logical-source.yaml",
    ],
  },
  "enough-instances": { because: "They have one instance.", only: single },
  "replication-synchronous": {
    because: "Replication is asynchronous by default, and the quorum off.",
    every: "Cluster",
    except: [
      ...single,
      "cluster-example-syncreplicas-quorum.yaml",
      "cluster-replica-async.yaml",
      "cluster-replica-basicauth.yaml",
      "cluster-replica-restore.yaml",
      "cluster-replica-tls.yaml",
      "dc/cluster-dc-b.yaml",
    ],
  },
  "instances-spread": {
    because: "The anti-affinity is only preferred by default.",
    every: "Cluster",
    except: single,
  },
  "wal-volume": {
    because: "WAL and data share a volume by default.",
    every: "Cluster",
    except: [
      "cluster-example-bis-restore-cr.yaml",
      "cluster-example-bis-restore.yaml",
      "cluster-example-bis.yaml",
      "cluster-example-replica-from-volume-snapshot.yaml",
      "cluster-example-wal-storage.yaml",
      "cluster-example-with-volume-snapshot.yaml",
    ],
  },
  "backup-not-in-tree": {
    because: "They back up by, or restore with, the operator's own support for Barman Cloud.",
    only: [
      "cluster-backup-aws-inherit.yaml",
      "cluster-backup-azure-inherit.yaml",
      "cluster-backup-retention-30d.yaml",
      "cluster-example-full.yaml",
      "cluster-example-replica-from-backup-simple.yaml",
      "cluster-example-replica-from-volume-snapshot.yaml",
      "cluster-example-with-backup-scaleway.yaml",
      "cluster-example-with-backup.yaml",
      "cluster-example-with-tablespaces-backup.yaml",
      "cluster-example-with-volume-snapshot.yaml",
      "cluster-replica-async.yaml",
      "cluster-replica-from-backup-other-namespace.yaml",
      "cluster-replica-restore.yaml",
      "cluster-restore-external-cluster.yaml",
      "cluster-restore-snapshot-pitr.yaml",
      "cluster-storage-class-with-backup.yaml",
      "dc/cluster-dc-a.yaml",
      "dc/cluster-dc-b.yaml",
      "dc/cluster-test.yaml",
    ],
  },
};
