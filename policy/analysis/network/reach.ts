import { concernsIn } from "./concern.ts";
import type { Engine } from "./engine.ts";
import { pairJudge } from "./judge.ts";
import { k3s } from "./k3s.ts";
import { mayDeviate } from "./known-deviations.ts";
import type { Answer, Endpoint, Pod, Port, World } from "./model.ts";
import { remember } from "./remember.ts";
import { standard } from "./standard.ts";

/** The engines that answers are given for. */
export const engines: Readonly<Record<EngineName, (world: World) => Engine>> = { standard, k3s: (world) => k3s(world) };

export type EngineName = "standard" | "k3s";

/** An answer of one engine, and whether the other one answers otherwise. */
export interface ComparedAnswer extends Answer {
  readonly differs: boolean;
}

/** Judges pairs with one engine, port by port, and marks where the other one answers otherwise. */
export function comparingJudge(
  world: World,
  engine: EngineName,
): (from: Endpoint, to: Pod) => (port: Port) => ComparedAnswer {
  const own = pairJudge(world, engines[engine](world));
  const other = pairJudge(world, engines[engine === "k3s" ? "standard" : "k3s"](world));
  const concern = concernsIn(world);
  const deviating = mayDeviate(world.policies);
  const isReadOtherwise = remember((pod: Pod) => {
    const { ingress, egress } = concern(pod);
    return [...ingress.by, ...egress.by].some((policy) => deviating.has(policy));
  });
  return (from, to) => {
    const answer = own(from, to);
    if (!isReadOtherwise(to) && !(from.kind === "pod" && isReadOtherwise(from))) {
      return (port) => ({ ...answer(port), differs: false });
    }
    const otherAnswer = other(from, to);
    return (port) => {
      const { allowed, by } = answer(port);
      return { allowed, by, differs: otherAnswer(port).allowed !== allowed };
    };
  };
}

/** Whether one pod reaches another one on one port. */
export interface ReachRow {
  /** `namespace/name` of the pod, or of the workload that makes it. */
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: string;
  readonly allowed: boolean | null;
  readonly by: readonly string[];
  readonly differs: boolean;
}

/** Answers for every pair of different pods and every port. */
export function reach(world: World, ports: readonly Port[], engine: EngineName): ReachRow[] {
  const ask = comparingJudge(world, engine);
  const title = ({ namespace, name }: Pod) => `${namespace}/${name}`;
  return world.pods.flatMap((from) =>
    world.pods
      .filter((to) => to !== from)
      .flatMap((to) => {
        const answer = ask(from, to);
        return ports.map((port) => {
          const { allowed, by, differs } = answer(port);
          return { from: title(from), to: title(to), port: port.number, protocol: port.protocol, allowed, by, differs };
        });
      }),
  );
}
