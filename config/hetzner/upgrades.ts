import type { Problem } from "../problems.ts";
import type { Config } from "../schema.ts";
import { databasePools, total } from "./pools.ts";
import type { HetznerSettings } from "./schema.ts";

/** Upgrades that would never begin, or never end. Keys are those of the settings. */
export function upgradeProblems(settings: HetznerSettings, { instances }: Config["database"]): Problem[] {
  const { systemUpgradeScheduleWindow: window, systemUpgradeUseDrain: drains } = settings;
  if (window === undefined) {
    if (drains) return [];
    const expected = "true, since without systemUpgradeScheduleWindow no node is upgraded";
    const fix = "remove it, or set systemUpgradeScheduleWindow";
    return [{ key: "systemUpgradeUseDrain", got: false, expected, fix }];
  }
  const problems: Problem[] = [];
  if (window.startTime >= window.endTime) {
    const expected = `a time after startTime (${window.startTime}): the upgrade controller knows no window beyond midnight`;
    const fix = "end it at 23:59 at the latest, or begin it after midnight";
    problems.push({ key: "systemUpgradeScheduleWindow.endTime", got: window.endTime, expected, fix });
  }
  const servers = total(databasePools(settings));
  if (drains && (instances < 2 || servers < 2)) {
    const expected =
      instances < 2
        ? "false: a drain would wait for ever for a single instance, which its PodDisruptionBudget keeps where it is"
        : "false: a drain would wait for ever for the only server that the database can run on";
    problems.push({
      key: "systemUpgradeUseDrain",
      got: true,
      expected,
      fix: "set it to false: pods outlive the upgrade",
    });
  }
  return problems;
}
