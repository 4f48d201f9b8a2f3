import type { Rule } from "../rule.ts";
import { alterSystemOff } from "./alter-system-off.ts";
import { backupNotInTree } from "./backup-not-in-tree.ts";
import { databaseProtected } from "./database-protected.ts";
import { enoughInstances } from "./enough-instances.ts";
import { imagePinned } from "./image-pinned.ts";
import { instancesSpread } from "./instances-spread.ts";
import { noForbiddenAnnotations } from "./no-forbidden-annotations.ts";
import { passwordEncryptionScram } from "./password-encryption-scram.ts";
import { pgHbaClosedLast } from "./pg-hba-closed-last.ts";
import { pgHbaNamedOnly } from "./pg-hba-named-only.ts";
import { pgHbaStrongAuthentication } from "./pg-hba-strong-authentication.ts";
import { pgHbaTlsOnly } from "./pg-hba-tls-only.ts";
import { pgHbaValid } from "./pg-hba-valid.ts";
import { podSelectorsSound } from "./pod-selectors-sound.ts";
import { poolerStrongAuthentication } from "./pooler-strong-authentication.ts";
import { poolerTlsOnly } from "./pooler-tls-only.ts";
import { replicationSynchronous } from "./replication-synchronous.ts";
import { rolesWithoutGlobalPowers } from "./roles-without-global-powers.ts";
import { superuserAccessOff } from "./superuser-access-off.ts";
import { tlsNotWeakened } from "./tls-not-weakened.ts";
import { walVolume } from "./wal-volume.ts";

export const databaseRules: readonly Rule[] = [
  pgHbaClosedLast,
  pgHbaTlsOnly,
  pgHbaStrongAuthentication,
  pgHbaNamedOnly,
  pgHbaValid,
  podSelectorsSound,
  poolerTlsOnly,
  poolerStrongAuthentication,
  superuserAccessOff,
  alterSystemOff,
  tlsNotWeakened,
  passwordEncryptionScram,
  rolesWithoutGlobalPowers,
  imagePinned,
  enoughInstances,
  replicationSynchronous,
  instancesSpread,
  walVolume,
  databaseProtected,
  noForbiddenAnnotations,
  backupNotInTree,
];
