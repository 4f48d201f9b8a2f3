import type { Problem } from "../problems.ts";
import { disablingSettings, isDisabling } from "./enforcement.ts";
import { flagOfKey, parsedFlag, words } from "./k3sArgs.ts";
import { MANAGED_KEYS } from "./managedKeys.ts";
import type { HetznerSettings } from "./schema.ts";

/** Settings that would leave NetworkPolicies without anybody to enforce them. */
export function enforcementProblems(settings: HetznerSettings): Problem[] {
  const problems: Problem[] = disablingSettings(settings).map((disabled) => ({
    ...disabled,
    expected: "k3s' policy engine to run: without it NetworkPolicies are stored and not enforced",
  }));
  if (settings.cniPlugin !== "flannel") {
    const expected = '"flannel", whose policy engine is k3s\' own';
    const fix = "make the cluster with kube-hetzner and give its kubeconfig (cluster.kubeHetzner.cniPlugin)";
    problems.push({ key: "cniPlugin", got: settings.cniPlugin, expected, fix });
  }
  return problems;
}

type Raw = Pick<HetznerSettings, "controlPlanesCustomConfig" | "controlPlaneExecArgs">;

/** What the raw configuration and the raw arguments of k3s set although a setting does, and words that are no arguments. */
export function rawK3sProblems({ controlPlanesCustomConfig, controlPlaneExecArgs }: Raw): Problem[] {
  return [
    ...Object.entries(controlPlanesCustomConfig).flatMap(([key, got]) =>
      managed(`controlPlanesCustomConfig.${key}`, flagOfKey(key), got, got),
    ),
    ...words(controlPlaneExecArgs).flatMap((word) => {
      const key = "controlPlaneExecArgs";
      const flag = parsedFlag(word);
      if (flag) return managed(key, flag.name, word, flag.value);
      const expected = "arguments like --debug or --log=/var/log/k3s.log, each with its value in one word";
      return [{ key, got: word, expected, fix: "write a value behind =, and remove what is none" }];
    }),
  ];
}

function managed(key: string, flag: string, got: unknown, value: unknown): Problem[] {
  const instead = MANAGED_KEYS[flag];
  // The policy engine's own flag is told of as such, and may be false.
  if (instead === undefined || flag === "disable-network-policy" || isDisabling(flag, value)) return [];
  return [{ key, got, expected: "a key that this program does not set itself", fix: `use ${instead}` }];
}
