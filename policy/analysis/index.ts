/** The judges: pure functions of Kubernetes objects, however those were come by. */
export {
  access,
  compareAccess,
  formatSource,
  isFault,
  judgeSessions,
  type AccessComparison,
  type AccessRow,
  type AccessTable,
  type Session,
  type SessionVerdict,
  type Source,
  type Verdict,
} from "./access/index.ts";
export { decide, hba, parse, type HbaReport, type Major } from "./hba/index.ts";
export { loadManifests, objectsOf, parseManifests, type Manifests } from "./load/index.ts";
export type { Json, JsonObject } from "./json.ts";
export { reach, type EngineName, type ReachRow } from "./network/reach.ts";
export { readWorld } from "./network/world.ts";
export { groupOf, type KubeObject, type Position, type Problem } from "./objects.ts";
export { authorizer, canAll, powers, type Question } from "./rbac/index.ts";
export { isUnknown } from "./unknown.ts";
