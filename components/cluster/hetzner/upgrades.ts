import type * as pulumi from "@pulumi/pulumi";
import type { HetznerSettings } from "../../../config/hetzner/schema.ts";
import type { KubeClient } from "../../../kube/client.ts";
import type { KubeObject } from "../../../kube/objects.ts";
import { hasCondition, untilObject } from "../../../kube/wait.ts";
import { gate } from "../../gate.ts";
import { KubernetesObject } from "../../operator/kubernetesObject.ts";
import { PLAN_DEFINITION, upgradeController } from "./upgradeController.ts";
import { upgradePlans } from "./upgradePlans.ts";

const DEFINITION = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  name: PLAN_DEFINITION,
};
const SECONDS = 300;

/** The upgrade controller and its Plans, where the settings have a window for them; else nothing. */
export function upgrades(
  name: string,
  settings: HetznerSettings,
  connect: () => Promise<KubeClient>,
  opts: pulumi.CustomResourceOptions,
): void {
  const { systemUpgradeScheduleWindow: window } = settings;
  if (window === undefined) return;
  const register = (object: KubeObject, more: pulumi.CustomResourceOptions) =>
    new KubernetesObject(`${name}-upgrade-${object.kind}-${object.metadata.name ?? ""}`, object, { ...opts, ...more });
  const controller = upgradeController().reduce<pulumi.Resource[]>(
    (before, object) => [...before, register(object, { dependsOn: before })],
    [],
  );
  const known = gate(`${name}-upgrade-plans-known`, async () => {
    const isEstablished = (definition: KubeObject) => hasCondition(definition, "Established");
    await untilObject(await connect(), DEFINITION, "established by the upgrade controller", isEstablished, {
      seconds: SECONDS,
    });
  });
  for (const plan of upgradePlans(settings, window)) register(plan, { dependsOn: controller, hooks: known });
}
