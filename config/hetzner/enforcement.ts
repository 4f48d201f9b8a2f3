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

const FLAG = "disable-network-policy";

/** Each of the settings that turns the policy engine off: the switch, the raw configuration, the raw arguments. */
export function disablingSettings(settings: EnforcementSettings): Disabled[] {
  const { enableNetworkPolicy = true, controlPlanesCustomConfig = {}, controlPlaneExecArgs = "" } = settings;
  const found: Disabled[] = [];
  if (!enableNetworkPolicy) {
    found.push({ key: "enableNetworkPolicy", got: false, fix: "set it to true, or remove it" });
  }
  const custom = controlPlanesCustomConfig[FLAG];
  if (custom !== undefined && !isFalse(custom)) {
    found.push({ key: `controlPlanesCustomConfig.${FLAG}`, got: custom, fix: "remove it" });
  }
  if (disables(words(controlPlaneExecArgs))) {
    found.push({ key: "controlPlaneExecArgs", got: controlPlaneExecArgs, fix: `remove --${FLAG}` });
  }
  return found;
}

/** Whether arguments of k3s, each `--flag` or `--flag=value`, turn its policy engine off; the last one counts, as for k3s. */
export function disables(args: readonly string[]): boolean {
  const last = args.map(parsedFlag).findLast((flag) => flag?.name === FLAG);
  return last !== undefined && !isFalse(last.value ?? true);
}

/** A word of a command line as a flag; undefined for any other word. */
export function parsedFlag(word: string): { name: string; value?: string } | undefined {
  const [, name, value] = /^--?([a-z0-9-]+)(?:=(.*))?$/s.exec(word) ?? [];
  return name === undefined ? undefined : { name, ...(value !== undefined && { value }) };
}

/** Words of a command line, as far as k3s' arguments need it. */
export function words(line: string): string[] {
  return line.split(/\s+/).filter((word) => word !== "");
}

/** Go's reading of a false boolean. */
function isFalse(value: unknown): boolean {
  return value === false || ["false", "False", "FALSE", "f", "F", "0"].includes(String(value));
}
