import type { Labels } from "../selector.ts";
import type { Pod } from "./model.ts";

/** A pod of which only namespace and labels matter. */
export function plainPod(namespace: string, name: string, labels: Labels): Pod {
  return { kind: "pod", namespace, name, labels, ports: [], addresses: [], hostNetwork: false };
}
