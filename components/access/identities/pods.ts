import { authorityName } from "../names.ts";
import { accountsOf, type Guarded } from "./guarded.ts";
import { cel, must, writesOf, type AdmissionPolicy, type Rule, type Validation } from "./policy.ts";
import { IS_CONTROLLER, mayNotUse, mayUse } from "./use.ts";

/** Kinds of objects that are pods, or make pods of a template. */
interface Shape {
  subject: string;
  rules: Rule[];
  /** Where the pod, or the template, is in such an object. */
  path: string;
}

const SHAPES: readonly Shape[] = [
  // Labels can be changed through the status too, and an ephemeral container runs in a pod that is there already.
  { subject: "pods", rules: [writesOf("", ["pods", "pods/status", "pods/ephemeralcontainers"])], path: "" },
  {
    subject: "workloads",
    rules: [
      writesOf("", ["replicationcontrollers"]),
      writesOf("apps", ["deployments", "replicasets", "statefulsets", "daemonsets"]),
      writesOf("batch", ["jobs"]),
    ],
    path: ".spec.template",
  },
  { subject: "cronjobs", rules: [writesOf("batch", ["cronjobs"])], path: ".spec.jobTemplate.spec.template" },
];

/** Who may be which pod, and what it may read: for pods themselves, whoever makes them, and for every template. */
export function podPolicies(guarded: Guarded): AdmissionPolicy[] {
  return SHAPES.map((shape) => podPolicy(shape, guarded));
}

function podPolicy({ subject, rules, path }: Shape, guarded: Guarded): AdmissionPolicy {
  const { cluster, clients, database, secrets } = guarded;
  const pod = `object${path}`;
  const authority = authorityName(cluster);
  const onlyCertificate = (secret: string, name: string) =>
    `${secret}.${name} == ${cel(authority)} && ${secret}.?items.orValue([]).map(item, item.key) == ["ca.crt"]`;
  const secretIsSomebodyElses = `this pod may not read that Secret; everybody may mount ${authority} with exactly items: [{key: ca.crt}]`;
  return {
    subject,
    spec: {
      failurePolicy: "Fail",
      matchConstraints: { resourceRules: rules },
      // What a pod was before the policy is not judged again: its status, for one, must go on being written.
      matchConditions: [{ name: "says-something-new", expression: `oldObject == null || ${changes(path)}` }],
      variables: [
        { name: "account", expression: `${pod}.spec.?serviceAccountName.orValue("default")` },
        { name: "labels", expression: `${pod}.?metadata.?labels.orValue({})` },
        { name: "clients", expression: cel(clients) },
        {
          name: "worn",
          expression:
            "variables.clients.filter(account, variables.clients[account].all(key, " +
            "key in variables.labels && variables.labels[key] == variables.clients[account][key]))",
        },
        { name: "readers", expression: cel(secrets) },
        {
          name: "closed",
          expression: "variables.readers.filter(secret, !(variables.account in variables.readers[secret]))",
        },
        { name: "volumes", expression: `${pod}.spec.?volumes.orValue([])` },
        {
          name: "containers",
          expression: ["containers", "initContainers", "ephemeralContainers"]
            .map((list) => `dyn(${pod}.spec.?${list}.orValue([]))`)
            .join(" + "),
        },
      ],
      validations: [
        must(
          "variables.worn.all(account, account == variables.account)",
          `"only pods of ServiceAccount " + variables.worn.join(" or ") + " may wear these labels, and this one's is " + variables.account`,
          true,
        ),
        must(
          `variables.worn.size() == 0 || !${pod}.spec.?hostNetwork.orValue(false)`,
          "a client is never on the host network: pg_hba would let in everything that has the node's address",
        ),
        must(
          `variables.worn.size() == 0 || ${pod}.spec.?restartPolicy.orValue("Always") == "Always"`,
          "a client's restartPolicy is Always: pg_hba goes on trusting the address of a pod that has ended, whoever gets it next",
        ),
        must(
          `${mayUse("variables.account", accountsOf(guarded))} || ${IS_CONTROLLER}`,
          mayNotUse("variables.account", "run pods as"),
          true,
        ),
        must(
          "variables.volumes.all(volume, !has(volume.secret) || !(volume.secret.secretName in variables.closed) || " +
            `${onlyCertificate("volume.secret", "secretName")})`,
          secretIsSomebodyElses,
        ),
        must(
          "variables.volumes.all(volume, volume.?projected.?sources.orValue([]).all(source, " +
            `!has(source.secret) || !(source.secret.name in variables.closed) || ${onlyCertificate("source.secret", "name")}))`,
          secretIsSomebodyElses,
        ),
        must(
          "variables.containers.all(container, " +
            'container.?env.orValue([]).all(one, !(one.?valueFrom.?secretKeyRef.?name.orValue("") in variables.closed)) && ' +
            'container.?envFrom.orValue([]).all(one, !(one.?secretRef.?name.orValue("") in variables.closed)))',
          secretIsSomebodyElses,
        ),
        ...(database.length > 0 ? databaseValidations(guarded) : []),
      ],
    },
  };
}

/** What holds where the database is. */
function databaseValidations({ cluster, database }: Guarded): Validation[] {
  return [
    must(
      `variables.account in ${cel(database)} || !variables.labels.exists(key, key.startsWith("cnpg.io/")) || ` +
        `variables.labels[?"cnpg.io/cluster"].orValue(${cel(cluster.name)}) != ${cel(cluster.name)}`,
      `labels cnpg.io/… mark the database's own pods, whose ServiceAccount is ${database.join(" or ")}`,
    ),
    must(
      `variables.account == ${cel(cluster.name)} || variables.volumes.all(volume, ` +
        `!volume.?persistentVolumeClaim.?claimName.orValue("").matches(${cel(`^${cluster.name}-[0-9]+(-wal|-tbs-.*)?$`)}))`,
      `the volumes of Cluster ${cluster.name} are for its instances`,
    ),
  ];
}

/** CEL: an update says anything new about the pod, or about the template. */
function changes(path: string): string {
  if (path !== "") return `object${path} != oldObject${path}`;
  return "object.spec != oldObject.spec || object.metadata.?labels != oldObject.metadata.?labels";
}
