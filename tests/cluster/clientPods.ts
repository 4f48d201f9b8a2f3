import { probeConfigMap, probePod } from "../../components/enforcement/pod.ts";
import type { KubeClient } from "../../kube/client.ts";
import { exec, type ExecResult } from "../../kube/exec.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { untilRunning } from "../../kube/pods.ts";
import { deleteAndWait } from "../../kube/wait.ts";
import { primaryOf } from "../../local/proof/subject.ts";
import { operandImage } from "../../local/node/operand.ts";
import { decoded, ref } from "./support.ts";

/** A pod to speak to the database from. */
export interface ClientPod {
  name: string;
  labels: Record<string, string>;
  /** Default: that of the namespace. */
  serviceAccount?: string;
  /** Secret with a certificate, to be mounted below /certificate. */
  certificate?: string;
}

/** Who logs in, and how: with a password, as a Secret of the database's namespace says, or in libpq's words. */
export type Login = { secret: string; sslmode?: "require" | "disable" } | { conninfo: string };

/** A session of its own that asks the same again and again, for as long as its connection lasts: it never connects again. */
export interface Session {
  pid: number;
  since: string;
}

/** Pods of a namespace that stay and are told what to ask. */
export class ClientPods {
  readonly #client: KubeClient;
  readonly #namespace: string;
  readonly #group: string;
  readonly #names: string[] = [];

  constructor(client: KubeClient, namespace: string, group: string) {
    this.#client = client;
    this.#namespace = namespace;
    this.#group = group;
  }

  /** The pod as it is created. */
  manifest({ name, labels, serviceAccount, certificate }: ClientPod): KubeObject {
    const pod = probePod({
      ...{ namespace: this.#namespace, name: this.#pod(name), image: operandImage },
      labels: { "hcloud-postgres/test": this.#group, ...labels },
      ...(serviceAccount !== undefined && { serviceAccountName: serviceAccount }),
      ...{ configMap: this.#group, lifetimeSeconds: 1800, restartPolicy: "Always" },
    });
    return certificate === undefined ? pod : withCertificate(pod, certificate);
  }

  async start(pods: readonly ClientPod[]): Promise<void> {
    await this.#client.apply(probeConfigMap(this.#namespace, this.#group));
    this.#names.push(...pods.map(({ name }) => name));
    for (const pod of pods) await this.#client.create(this.manifest(pod));
    const selector = `hcloud-postgres/test=${this.#group}`;
    await untilRunning(this.#client, this.#namespace, selector, this.#names.length, { seconds: 120 });
  }

  async remove(): Promise<void> {
    for (const name of this.#names) {
      await deleteAndWait(this.#client, { ...ref.pods(this.#namespace), name: this.#pod(name) }, { seconds: 60 });
    }
    await this.#client.delete(ref.configMap(this.#namespace, this.#group));
  }

  /** Runs SQL from a pod; answers what psql prints, its errors where it fails. */
  async sql(from: string, login: Login, statement: string): Promise<string> {
    const { code, stdout, stderr } = await this.#psql(from, login, 'exec psql -XAtq "$1" -c "$2"', statement);
    return code === 0 ? stdout.trim() : stderr.trim();
  }

  /** Begins a session in a pod; it is known by the pod's name. */
  async begin(from: string, login: Login, statement: string): Promise<void> {
    const ask = `while sleep 0.2; do echo "$2;"; done | PGAPPNAME="session of $3" psql -XAtq -v ON_ERROR_STOP=1 "$1"`;
    const { code, stderr } = await this.#psql(
      from,
      login,
      `setsid sh -c '${ask}' sh "$1" "$2" "$3" </dev/null >/dev/null 2>&1 &`,
      statement,
      from,
    );
    if (code !== 0) throw new Error(stderr);
  }

  /** The sessions that have asked within the last seconds, by the name of their pod, as the primary sees them. */
  async sessions(): Promise<Record<string, Session>> {
    const namespace = this.#namespace;
    const pod = await primaryOf(this.#client, { namespace, cluster: "pg" });
    const target = { namespace, pod, container: "postgres" };
    const query =
      "select coalesce(json_object_agg(substr(application_name, 12), json_build_object('pid', pid, 'since', backend_start)), '{}') " +
      "from pg_stat_activity where application_name like 'session of %' and state_change > now() - interval '5 s'";
    const { stdout } = await exec(this.#client, target, ["psql", "-XAtq", "-c", query]);
    return JSON.parse(stdout) as Record<string, Session>;
  }

  async #psql(from: string, login: Login, script: string, ...args: string[]): Promise<ExecResult> {
    const { conninfo, password } = await this.#credentials(login);
    // What comes last counts: a Secret names its host.
    const server = `host=pg-rw.${this.#namespace}.svc connect_timeout=5 ${conninfo}`;
    const target = { namespace: this.#namespace, pod: this.#pod(from), container: "probe" };
    const command = ["sh", "-c", `read -r PGPASSWORD; export PGPASSWORD; ${script}`, "sh", server, ...args];
    return exec(this.#client, target, command, { input: `${password}\n` });
  }

  async #credentials(login: Login): Promise<{ conninfo: string; password: string }> {
    if ("conninfo" in login) return { ...login, password: "" };
    const secret = await this.#client.get(ref.secret(this.#namespace, login.secret));
    const of = (key: string) => decoded(secret, key);
    const sslmode = login.sslmode ?? "require";
    const conninfo = `host=${of("host")} dbname=${of("dbname")} user=${of("username")} sslmode=${sslmode}`;
    return { conninfo, password: of("password") };
  }

  #pod(name: string): string {
    return `${this.#group}-${name}`;
  }
}

/** libpq takes a key that its group may read only where root owns it: as the kubelet mounts it for the pod's group. */
function withCertificate(pod: KubeObject, secretName: string): KubeObject {
  const spec = pod["spec"] as {
    securityContext: { runAsGroup: number };
    containers: { volumeMounts: object[] }[];
    volumes: object[];
  };
  const mount = { name: "certificate", mountPath: "/certificate", readOnly: true };
  return {
    ...pod,
    spec: {
      ...spec,
      securityContext: { ...spec.securityContext, fsGroup: spec.securityContext.runAsGroup },
      containers: spec.containers.map((one) => ({ ...one, volumeMounts: [...one.volumeMounts, mount] })),
      volumes: [...spec.volumes, { name: "certificate", secret: { secretName, defaultMode: 0o440 } }],
    },
  };
}
