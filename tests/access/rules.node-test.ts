import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { guarded } from "../../components/access/identities/guarded.ts";
import { identityPolicies } from "../../components/access/identities/index.ts";
import { deployersGrant } from "../../components/access/rbac.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { until } from "../../kube/wait.ts";
import { judge } from "../../local/proof/admission.ts";
import { developerRules } from "../../local/proof/attempts.ts";
import { startControlPlane, type ControlPlane } from "../policy/apiserver.ts";
import { app, bind, cluster, furnish, grantObjects, install, pod, sceneIn } from "./lab.ts";

let plane: ControlPlane;

/** For each rule of the policies about pods something that it alone has this to say about. */
const breaches: { labels?: Record<string, string>; account?: string; spec?: object }[] = [
  { labels: { app: "myapp" }, account: "worker" },
  { labels: { app: "myapp" }, account: "myapp", spec: { hostNetwork: true } },
  { labels: { app: "myapp" }, account: "myapp", spec: { restartPolicy: "OnFailure" } },
  { account: "pg" },
  { spec: { volumes: [{ name: "v", secret: { secretName: "pg-server" } }] } },
  { spec: { volumes: [{ name: "v", projected: { sources: [{ secret: { name: "pg-ca" } }] } }] } },
  { spec: { containers: [{ name: "main", image: "none", envFrom: [{ secretRef: { name: "pg-app" } }] }] } },
  { labels: { "cnpg.io/cluster": "pg" } },
  { spec: { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "pg-1" } }] } },
];

describe("no rule about pods is idle: without it the answer is another", () => {
  const mutants = identityPolicies(guarded(cluster, [app]))
    .filter(({ subject }) => ["pods", "workloads", "cronjobs"].includes(subject))
    .flatMap(({ subject, spec }) =>
      spec.validations.map((_, index) => ({
        subject,
        spec,
        index,
        namespace: `${subject}-${String(index)}`,
      })),
    );

  beforeAll(async () => {
    plane = await startControlPlane();
    await furnish(plane.client, "production");
    await install(plane.client);
    for (const { spec, index, namespace } of mutants) {
      const metadata = { name: namespace };
      await plane.client.create({ apiVersion: "v1", kind: "Namespace", metadata });
      for (const name of ["default", "myapp", "worker", "pg"])
        await plane.client.create({ apiVersion: "v1", kind: "ServiceAccount", metadata: { namespace, name } });
      for (const object of grantObjects(
        { ...deployersGrant(cluster, app), subjects: [{ kind: "User", name: "tester" }] },
        namespace,
      ))
        await plane.client.create(object);
      const without = { ...spec, validations: spec.validations.toSpliced(index, 1) };
      await bind(plane.client, namespace, without, namespace);
    }
    const production = {
      ...deployersGrant(cluster, app),
      name: "tester",
      subjects: [{ kind: "User", name: "tester" }],
    };
    for (const object of grantObjects(production)) await plane.client.create(object);
    const apiVersion = "rbac.authorization.k8s.io/v1";
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "tester" };
    await plane.client.create({ apiVersion, kind: "ClusterRole", metadata: { name: "tester" }, rules: developerRules });
    await plane.client.create({
      ...{ apiVersion, kind: "ClusterRoleBinding", metadata: { name: "tester" }, roleRef },
      subjects: [{ kind: "User", name: "tester" }],
    });
  });

  afterAll(() => plane.stop());

  test.each(mutants)("$subject, rule $index", async ({ subject, index, namespace }) => {
    const breach = breaches[index] ?? {};
    const whole = await breached("production", subject, breach);
    expect(whole.observed).toBe("refused");
    const changed = async () => {
      const { observed, message } = await breached(namespace, subject, breach);
      return observed === whole.observed && message === whole.message ? undefined : true;
    };
    await until("another answer", changed, { seconds: 10 });
  });

  /** What the API server says to a breach, as a pod or in a template. */
  function breached(
    namespace: string,
    subject: string,
    { labels = {}, account = "default", spec = {} }: (typeof breaches)[number],
  ) {
    const tester = plane.clientWith("administrator", "tester");
    const made = pod(namespace, "tried", { of: "tried", ...labels }, account, spec);
    const template = { metadata: { labels: made.metadata.labels }, spec: made.spec };
    const ending = { ...template, spec: { ...template.spec, restartPolicy: "OnFailure" } };
    const metadata = { namespace, name: "tried" };
    const ends = "restartPolicy" in spec;
    const workload: KubeObject = ends
      ? { apiVersion: "batch/v1", kind: "Job", metadata, spec: { template } }
      : {
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata,
          spec: { selector: { matchLabels: { of: "tried" } }, template },
        };
    const jobTemplate = { spec: { template: ending } };
    const cronJob: KubeObject = {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata,
      spec: { schedule: "0 0 1 1 *", jobTemplate },
    };
    const object = subject === "pods" ? made : subject === "workloads" ? workload : cronJob;
    return judge(tester, sceneIn(namespace), { what: "", make: () => tester.create(object, { dryRun: true }) });
  }
});
