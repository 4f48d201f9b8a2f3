import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ClusterName } from "../../../components/access/names.ts";
import { ApiError, type KubeClient } from "../../../kube/client.ts";
import type { KubeObject } from "../../../kube/objects.ts";
import { podStatus } from "../../../kube/pods.ts";
import { TimedOut, until } from "../../../kube/wait.ts";
import { raise, sweep, type Askers } from "../../../local/proof/stage.ts";
import { inspect, type Database, type Subject } from "../../../local/proof/subject.ts";
import type { Mutant } from "../../policy/stacks/mutant.ts";
import { stackOf, type Stack } from "../../policy/stacks/stack.ts";
import { expectedLogins, expectedReach, type Experience } from "./expect.ts";
import { observed, observedByInstance } from "./observe.ts";
import { closed, createScratch, removeScratch, scratchCluster, scratchPolicies } from "../scratch.ts";
import { operator, ref } from "../support.ts";

/** Policies and lines of pg_hba are in force a moment after they were written. */
const settling = { milliseconds: 2500, seconds: 60 };

/** What a trial takes place on: of each file its own. */
let scratch: ClusterName;
let client: KubeClient;
let subject: Subject;
let askers: Askers;
let sound: readonly KubeObject[];
/** The pods that ask and are asked, as the API server shows them. */
let pods: readonly KubeObject[];

/**
 * Puts each of the mutants in force on a database in this namespace, where everybody asks: packets and logins are what the
 * judges say of the changed stack.
 * @param felt the share of the mutants, at the least, by which those who ask experience something else
 */
export function tryMutants(namespace: string, mutants: readonly Mutant[], felt: number): void {
  scratch = { namespace, name: "pg" };
  const named: Database = { namespace, cluster: scratch.name };
  const changed = new Set<string>();

  beforeAll(async () => {
    client = await operator();
    await createScratch(client, scratch);
    const { app, lifelines } = scratchPolicies(scratch);
    sound = [app, lifelines, scratchCluster(scratch, closed), ...role()];
    for (const policy of [app, lifelines]) await client.apply(policy);
    subject = await inspect(client, named);
    askers = await raise(client, subject);
    const namespaces = [namespace, `${namespace}-proof`];
    pods = (await Promise.all(namespaces.map((name) => client.list(ref.pods(name))))).flat();
    await expectSound();
  });
  afterAll(async () => {
    await sweep(client, named);
    await removeScratch(client, scratch);
  });

  test.each(mutants)("$name", async (mutant) => {
    const stack = stackOf(sound);
    mutant.change(stack);
    await put(stack, mutant);
    try {
      const wanted = wantedOf(isRefused(mutant, "Cluster") ? stackOf(sound) : stack);
      await sleep(settling.milliseconds);
      const after = await untilAsWanted(wanted);
      expect(differences(wanted, after)).toEqual([]);
      if (differences(wantedOf(stackOf(sound)), after).length > 0) changed.add(mutant.name);
    } finally {
      await put(stackOf(sound), undefined);
      await expectSound();
    }
  });

  test("enough of the mutants are felt by those who ask here", () => {
    console.log(`${namespace}: ${String(mutants.length)} mutants, ${String(changed.size)} of them felt`);
    expect(changed.size).toBeGreaterThanOrEqual(mutants.length * felt);
  });
}

/** Nobody experiences anything but what the judges say of the sound stack. */
async function expectSound(): Promise<void> {
  const wanted = wantedOf(stackOf(sound));
  expect(differences(wanted, await untilAsWanted(wanted)), "back to what it was").toEqual([]);
}

/** Stands for what the program grants, which no packet shows. */
function role(): KubeObject[] {
  const metadata = { name: "read-pg-app-secret", namespace: scratch.namespace };
  const apiVersion = "rbac.authorization.k8s.io/v1";
  return [
    { apiVersion, kind: "Role", metadata, rules: [] },
    { apiVersion, kind: "RoleBinding", metadata, roleRef: {}, subjects: [] },
  ];
}

/** Whether the judges say that the mutant's NetworkPolicy, or its Cluster, is not let in. */
function isRefused({ finding }: Mutant, kind: "NetworkPolicy" | "Cluster"): boolean {
  const said = { NetworkPolicy: "would be refused", Cluster: "the operator refuses the Cluster" }[kind];
  return finding.some((line) => line.startsWith("problem: ") && line.includes(said));
}

/** Puts a stack in force, and takes away what it does not have. */
async function put(stack: Stack, mutant: Mutant | undefined): Promise<void> {
  const policies = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", namespace: scratch.namespace };
  const wanted = stack.objects.filter(({ kind }) => kind === "NetworkPolicy" || kind === "Cluster");
  for (const { metadata } of await client.list(policies)) {
    if (!wanted.some((object) => object.metadata.name === metadata.name)) {
      await client.delete({ ...policies, name: metadata.name });
    }
  }
  for (const object of wanted) {
    const kind = object.kind === "Cluster" ? "Cluster" : "NetworkPolicy";
    const isChanged = kind === "Cluster" || object.metadata.name === "added";
    const writing = client.apply(object);
    if (mutant !== undefined && isChanged && isRefused(mutant, kind)) await expect(writing).rejects.toThrow(ApiError);
    else await writing;
  }
}

type Experiences = Readonly<Record<string, Experience>>;

/** Where everybody asks: at one instance; the other one asks it, too. */
function places(): { target: KubeObject; peer: KubeObject } {
  const [target, peer] = subject.instances;
  if (target === undefined || peer === undefined) throw new Error("there are fewer than two instances");
  return { target: podNamed(target.name), peer: podNamed(peer.name) };
}

function podNamed(name: string | undefined): KubeObject {
  const pod = pods.find(({ metadata }) => metadata.name === name);
  if (pod === undefined) throw new Error(`no pod ${String(name)}`);
  return pod;
}

async function experiences(): Promise<Experiences> {
  const { target, peer } = places();
  const address = podStatus(target).podIP ?? "";
  const probes = Object.entries(askers).map(
    async ([name, person]) => [name, await observed(client, person, address)] as const,
  );
  const asker = { namespace: scratch.namespace, pod: peer.metadata.name ?? "" };
  const instance = observedByInstance(client, asker, address);
  return Object.fromEntries([...(await Promise.all(probes)), ["instance", await instance] as const]);
}

function wantedOf(stack: Stack): Experiences {
  const { target: to, peer } = places();
  const probes = Object.entries(askers).map(([name, { asker }]) => {
    const meeting = { pods, from: podNamed(asker.pod), to };
    return [name, { ...expectedReach(stack, meeting), ...expectedLogins(stack, meeting) }] as const;
  });
  return Object.fromEntries([...probes, ["instance", expectedReach(stack, { pods, from: peer, to })] as const]);
}

async function untilAsWanted(wanted: Experiences): Promise<Experiences> {
  let last: Experiences = {};
  const look = async () => {
    last = await experiences();
    return differences(wanted, last).length === 0 ? true : undefined;
  };
  await until("what the judges say", look, { seconds: settling.seconds }).catch((error: unknown) => {
    if (!(error instanceof TimedOut)) throw error;
  });
  return last;
}

function differences(one: Experiences, other: Experiences): string[] {
  return Object.entries(one).flatMap(([who, experience]) =>
    Object.entries(experience).flatMap(([question, answer]) => {
      const seen = other[who]?.[question];
      return answer === null || seen === answer
        ? []
        : [`${who} ${question}: ${String(answer)} there, ${String(seen)} here`];
    }),
  );
}
