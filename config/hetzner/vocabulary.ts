import { notOffered } from "./notOffered.ts";
import { RENAMED, type Renamed } from "./v2.ts";

/** Where kube-hetzner's names are spoken: a cluster to be made, a nodepool of it, a cluster that is declared. */
export type Place = "cluster" | "pool" | "declared";

/** What to do about a name of kube-hetzner's, of v2 or v3 and in either spelling; undefined for any other name. */
export function kubeHetznerAdvice(
  { name, value, known }: { name: string; value: unknown; known: readonly string[] },
  place: Place,
): string | undefined {
  const spelled = camelCase(name);
  const renamed = Object.hasOwn(RENAMED, spelled) ? RENAMED[spelled] : undefined;
  const now = renamed?.to ?? spelled;
  if (renamed && known.includes(now)) return rewritten(name, value, renamed);
  const reason = notOffered(now, place === "pool" ? "pool" : "cluster");
  if (reason === undefined) return undefined;
  const told = renamed ? `remove it (kube-hetzner v3 calls it ${now})` : "remove it";
  if (place === "declared") return `${told}: only what bears on enforcement and exposure is declared`;
  return `${told}: not offered here; ${reason}`;
}

function rewritten(name: string, value: unknown, { to, inverted }: Renamed): string {
  if (!inverted) return `kube-hetzner v3 calls it ${to}`;
  const now = typeof value === "boolean" ? `: ${name}: ${String(value)} is ${to}: ${String(!value)}` : "";
  return `kube-hetzner v3 calls it ${to}, and means the opposite by it${now}`;
}

/** `enable_network_policy` as this project spells it. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
