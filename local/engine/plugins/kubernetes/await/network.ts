import type { Readiness } from "./readiness.ts";
import { at, list, text } from "../objects.ts";
import { isObject } from "../../wire.ts";

/** Endpoints come and go while pods start: they count as settled after so long without a change. */
const SETTLED_MS = 10_000;

/** Traffic has somewhere to go: no endpoint is on its way any more, and a load balancer has its address. */
export function service(): Readiness {
  let version: string | undefined;
  let changed = 0;
  return async ({ cluster, object, elapsed }) => {
    const hasAddress =
      text(object, "spec", "type") !== "LoadBalancer" || list(object, "status", "loadBalancer", "ingress").length > 0;
    const waitingFor = "Waiting for the load balancer's address";
    const problems = hasAddress
      ? []
      : ["Service was not allocated an IP address; does your cloud provider support this?"];
    if (!hasPods()) return { ready: hasAddress, waitingFor, problems };

    const endpoints = await cluster.get({ ...object, kind: "Endpoints" });
    const seen = text(endpoints, "metadata", "resourceVersion");
    if (version !== undefined && version !== seen) changed = elapsed;
    version = seen;
    const any = (field: string) => list(endpoints, "subsets").some((subset) => list(subset, field).length > 0);
    return {
      ready: hasAddress && !any("notReadyAddresses") && elapsed - changed >= SETTLED_MS,
      waitingFor: hasAddress ? "Finding Pods to direct traffic to" : waitingFor,
      problems: [
        ...problems,
        ...(any("addresses")
          ? []
          : [
              "Service does not target any Pods: they may not be ready, or '.spec.selector' may not match their labels",
            ]),
      ],
    };

    function hasPods(): boolean {
      const selector = at(object, "spec", "selector");
      const headless = text(object, "spec", "clusterIP") === "None";
      const external = text(object, "spec", "type") === "ExternalName";
      return !headless && !external && isObject(selector) && Object.keys(selector).length > 0;
    }
  };
}

/** The controller has published an address. */
export function ingress(): Readiness {
  return ({ object }) => ({
    ready: list(object, "status", "loadBalancer", "ingress").length > 0,
    waitingFor: "Waiting for the ingress controller to publish an address",
    problems: ["Ingress .status.loadBalancer field was not updated with a hostname/IP address"],
  });
}
