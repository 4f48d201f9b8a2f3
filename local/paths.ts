import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** The folder that an XDG base directory variable names, or its default; relative values are ignored, as the specification asks. */
export function xdgDirectory(value: string | undefined, ...fallback: string[]): string {
  return join(value !== undefined && isAbsolute(value) ? value : join(homedir(), ...fallback), "hcloud-postgres");
}

/** Content-addressed builds and images: survives `down`, safe to delete while nothing runs. */
export const cacheDir = xdgDirectory(process.env["XDG_CACHE_HOME"], ".cache");

/** What a running local cluster and its Pulumi backend need: removed by `down`. */
export const stateDir = xdgDirectory(process.env["XDG_STATE_HOME"], ".local", "state");
