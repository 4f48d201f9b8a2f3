export { down } from "./down.ts";
export { networkPolicyEngine } from "./engine.ts";
export { leftovers } from "./leftovers.ts";
export { status, type DaemonStatus, type NodeStatus } from "./status.ts";
export { up } from "./up.ts";
