import { firewallNotWorldOpen } from "./cluster/firewall-not-world-open.ts";
import { alterSystemOff } from "./database/alter-system-off.ts";
import { backupNotInTree } from "./database/backup-not-in-tree.ts";
import { databaseProtected } from "./database/database-protected.ts";
import { enoughInstances } from "./database/enough-instances.ts";
import { imagePinned } from "./database/image-pinned.ts";
import { instancesSpread } from "./database/instances-spread.ts";
import { noForbiddenAnnotations } from "./database/no-forbidden-annotations.ts";
import { passwordEncryptionScram } from "./database/password-encryption-scram.ts";
import { pgHbaClosedLast } from "./database/pg-hba-closed-last.ts";
import { pgHbaNamedOnly } from "./database/pg-hba-named-only.ts";
import { pgHbaStrongAuthentication } from "./database/pg-hba-strong-authentication.ts";
import { pgHbaTlsOnly } from "./database/pg-hba-tls-only.ts";
import { pgHbaValid } from "./database/pg-hba-valid.ts";
import { podSelectorsSound } from "./database/pod-selectors-sound.ts";
import { poolerStrongAuthentication } from "./database/pooler-strong-authentication.ts";
import { poolerTlsOnly } from "./database/pooler-tls-only.ts";
import { replicationSynchronous } from "./database/replication-synchronous.ts";
import { rolesWithoutGlobalPowers } from "./database/roles-without-global-powers.ts";
import { superuserAccessOff } from "./database/superuser-access-off.ts";
import { tlsNotWeakened } from "./database/tls-not-weakened.ts";
import { walVolume } from "./database/wal-volume.ts";
import { lifelinesOpen } from "./network/lifelines-open.ts";
import type { Rule } from "./rule.ts";

const database: readonly Rule[] = [
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
const network: readonly Rule[] = [lifelinesOpen];
const cluster: readonly Rule[] = [firewallNotWorldOpen];

/** Every rule of the pack, in the order of RULES.md. */
export const rules: readonly Rule[] = [...database, ...network, ...cluster];
