import type { KubeObject } from "../../../kube/objects.ts";
import { podStatus } from "../../../kube/pods.ts";
import { parseManifests } from "../../../policy/analysis/load/index.ts";
import { judge, type Judge } from "../../../policy/analysis/network/judge.ts";
import { k3s } from "../../../policy/analysis/network/k3s.ts";
import { knownDeviations, type DeviationName } from "../../../policy/analysis/network/known-deviations.ts";
import type { Pod, Port, World } from "../../../policy/analysis/network/model.ts";
import { standard } from "../../../policy/analysis/network/standard.ts";
import { readWorld } from "../../../policy/analysis/network/world.ts";
import type { Problem } from "../../../policy/analysis/objects.ts";
import { random as seeded, type Random } from "../../policy/random.ts";
import type { PolicyManifest } from "./generate.ts";
import type { Lab } from "./lab.ts";
import { misreadings } from "./misreadings.ts";
import { isIn, namespaces, served, sideBySide } from "./pods.ts";

interface Question {
  readonly from: Pod;
  readonly to: Pod;
  readonly port: Port;
}

/** What was asked and answered so far. */
export interface Tally {
  asked: number;
  allowed: number;
  undecided: number;
  /** Questions that the standard answers otherwise. */
  unlikeStandard: number;
  readonly differences: string[];
  /** How many questions each trap and each deviation decided. */
  readonly decided: Map<string, number>;
  readonly allowedShare: () => number;
  readonly report: () => string;
}

export function tally(): Tally {
  const counted: Tally = {
    asked: 0,
    allowed: 0,
    undecided: 0,
    unlikeStandard: 0,
    differences: [],
    decided: new Map([...Object.keys(misreadings), ...Object.keys(knownDeviations)].map((name) => [name, 0])),
    allowedShare: () => counted.allowed / counted.asked,
    report: () =>
      [
        `${String(counted.asked)} connections, ${(100 * counted.allowedShare()).toFixed(0)} % allowed, ` +
          `${String(counted.undecided)} left undecided, ${String(counted.unlikeStandard)} unlike the standard, ` +
          `${String(counted.differences.length)} differences; decided by (counted up to ${String(plenty)} or more)`,
        ...[...counted.decided].map(([name, count]) => `  ${String(count).padStart(6)} ${name}`),
      ].join("\n"),
  };
  return counted;
}

const patience = { first: 400, again: 3000 };

/** Asks the judge and the packets the same questions about one set of policies. */
export async function compare(
  lab: Lab,
  policies: readonly PolicyManifest[],
  random: Random,
  counted: Tally,
): Promise<void> {
  const world = worldOf(lab.pods, policies);
  const predict = judge(world, k3s(world));
  const asked = questions(world, random).map((question) => ({ ...question, predicted: ask(predict, question) }));
  const observed = new Map<Question, boolean>();
  const look = async (some: readonly Question[], milliseconds: number) => {
    const bySource = Map.groupBy(some, ({ from }) => from);
    await Promise.all(
      [...bySource].map(async ([from, group]) => {
        const targets = group.map(({ to, port }) => ({
          address: to.addresses[0] ?? "",
          port: port.number,
          protocol: port.protocol,
        }));
        const answers = await lab.tryFrom(manifestOf(lab.pods, from), targets, milliseconds);
        group.forEach((question, index) => observed.set(question, answers[index] ?? false));
      }),
    );
  };
  await look(asked, patience.first);
  const suspicious = asked.filter((one) => one.predicted !== null && one.predicted !== observed.get(one));
  if (suspicious.length > 0) await look(suspicious, patience.again);

  const like = judge(world, standard(world));
  for (const question of asked) {
    const { predicted } = question;
    const seen = observed.get(question) ?? false;
    counted.asked++;
    if (seen) counted.allowed++;
    if (predicted === null) counted.undecided++;
    else if (predicted !== seen) counted.differences.push(describe(question, predicted, seen, policies));
    if (ask(like, question) !== predicted) counted.unlikeStandard++;
  }
  countDecided(lab.pods, policies, world, asked, counted);
}

/** A trap that has decided so many connections need not be counted on: to ask all the other judges takes as long as the packets. */
const plenty = 100;

/** Counts for each trap and each deviation the questions that get another answer from somebody who does not know it. */
function countDecided(
  pods: readonly KubeObject[],
  policies: readonly PolicyManifest[],
  world: World,
  asked: readonly (Question & { readonly predicted: boolean | null })[],
  counted: Tally,
): void {
  const count = (name: string, other: () => Judge) => {
    const before = counted.decided.get(name) ?? 0;
    if (before >= plenty) return;
    const answer = other();
    const decided = asked.filter((question) => ask(answer, question) !== question.predicted).length;
    counted.decided.set(name, before + decided);
  };
  for (const [name, misread] of Object.entries(misreadings)) {
    count(name, () => {
      const misreadWorld = worldOf(pods, misread(policies));
      return judge({ ...misreadWorld, pods: world.pods }, k3s(misreadWorld));
    });
  }
  for (const name of Object.keys(knownDeviations) as DeviationName[]) count(name, () => judge(world, k3s(world, name)));
}

function worldOf(pods: readonly KubeObject[], policies: readonly PolicyManifest[]): World {
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: [...namespaces, ...pods, ...policies] });
  const problems: Problem[] = [];
  const world = readWorld(parseManifests(list, "set.json").objects, problems);
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join("\n"));
  return world;
}

/**
 * Every pair of pods of one lab and some of the others, each on two random ports. The pairs are the same every time: the
 * kernel keeps 1,024 neighbours for all its network namespaces together (net.ipv4.neigh.default.gc_thresh3), and refuses
 * connections when two pods more want to know each other.
 */
function questions(world: World, random: Random): Question[] {
  const pairs = seeded(1);
  const targets = world.pods.filter(({ hostNetwork }) => !hostNetwork);
  return world.pods.flatMap((from) =>
    targets
      .filter((to) => to !== from && (inOneLab(from, to) || pairs.chance(0.05)))
      .flatMap((to) =>
        random.some(served, 2, 2).map((number): Question => ({
          from,
          to,
          port: { number, protocol: random.chance(0.3) ? "UDP" : "TCP" },
        })),
      ),
  );
}

function inOneLab(from: Pod, to: Pod): boolean {
  return sideBySide.some((lab) => isIn(lab, from.namespace) && isIn(lab, to.namespace));
}

/** A question in words: `namespace/from namespace/to 5432/TCP`. */
function titleOf({ from, to, port }: Question): string {
  return `${from.namespace}/${from.name} ${to.namespace}/${to.name} ${String(port.number)}/${port.protocol}`;
}

/** The address of a pod as the API server shows it. */
export function addressOf(pod: KubeObject): string {
  return podStatus(pod).podIP ?? "";
}

function ask(judge: Judge, { from, to, port }: Question): boolean | null {
  return judge(from, to, port).allowed;
}

function manifestOf(pods: readonly KubeObject[], { namespace, name }: Pod): KubeObject {
  const found = pods.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  if (found === undefined) throw new Error(`no pod ${namespace}/${name}`);
  return found;
}

function describe(
  { from, to, port }: Question,
  predicted: boolean,
  seen: boolean,
  policies: readonly PolicyManifest[],
): string {
  return [
    `${titleOf({ from, to, port })}:`,
    `predicted ${String(predicted)}, seen ${String(seen)}, with`,
    ...policies.map(
      ({ metadata, spec }) => `${String(metadata.namespace)}/${String(metadata.name)} ${JSON.stringify(spec)}`,
    ),
  ].join(" ");
}
