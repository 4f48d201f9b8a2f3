import { flagOfKey, parsedFlag, words } from "./k3sArgs.ts";

/** A way in which k3s' policy engine would be off. */
export interface Disabled {
  /** Setting at fault. */
  key: string;
  got: unknown;
  fix: string;
}

/** Settings that can turn k3s' policy engine off, in kube-hetzner v3's names. */
export interface EnforcementSettings {
  enableNetworkPolicy?: boolean | undefined;
  controlPlanesCustomConfig?: Readonly<Record<string, unknown>> | undefined;
  controlPlaneExecArgs?: string | undefined;
}

const ENGINE = "disable-network-policy";
const BACKEND = "flannel-backend";

/** Each of the settings that turns the policy engine off: the switch, the raw configuration, the raw arguments. */
export function disablingSettings(settings: EnforcementSettings): Disabled[] {
  const { enableNetworkPolicy = true, controlPlanesCustomConfig = {}, controlPlaneExecArgs = "" } = settings;
  const found: Disabled[] = [];
  if (!enableNetworkPolicy) {
    found.push({ key: "enableNetworkPolicy", got: false, fix: "set it to true, or remove it" });
  }
  for (const [key, got] of Object.entries(controlPlanesCustomConfig)) {
    if (isDisabling(flagOfKey(key), got)) {
      found.push({ key: `controlPlanesCustomConfig.${key}`, got, fix: "remove it" });
    }
  }
  const flag = disablingFlag(words(controlPlaneExecArgs));
  if (flag !== undefined) {
    found.push({ key: "controlPlaneExecArgs", got: controlPlaneExecArgs, fix: `remove ${flag}` });
  }
  return found;
}

/**
 * The argument of k3s that leaves nodes without its policy engine, or without the network that it works on; undefined
 * where there is none. The last one of a kind counts, as for k3s.
 */
export function disablingFlag(args: readonly string[]): string | undefined {
  const flags = args.map(parsedFlag);
  const engine = flags.findLast((flag) => flag?.name === ENGINE);
  if (engine && isDisabling(ENGINE, engine.value ?? true)) return `--${ENGINE}`;
  const at = flags.findLastIndex((flag) => flag?.name === BACKEND);
  const backend = at === -1 ? undefined : (flags[at]?.value ?? args[at + 1]);
  return isDisabling(BACKEND, backend) ? `--${BACKEND}=none` : undefined;
}

/** Whether a flag of k3s has that effect with a value; a list sets it once for each of its values. */
export function isDisabling(flag: string, value: unknown): boolean {
  const values = Array.isArray(value) ? value.map(String) : [String(value)];
  if (flag === BACKEND) return values.includes("none");
  return flag === ENGINE && !values.every(isFalse);
}

/** Go's reading of a false boolean. */
function isFalse(value: string): boolean {
  return ["false", "False", "FALSE", "f", "F", "0"].includes(value);
}
