import { askLogin, askTcp, type Answer } from "../../components/enforcement/probe.ts";
import type { KubeClient } from "../../kube/client.ts";
import { TimedOut, until } from "../../kube/wait.ts";
import { read } from "./answer.ts";
import { knocks, lastLogin, logins, people, type From, type Knock, type LoginAttempt } from "./plan.ts";
import { row, type Row } from "./rows.ts";
import { caFiles, type Askers } from "./stage.ts";
import type { Subject } from "./subject.ts";

/** Seconds after which an answer that did not come is one: dropped packets look like that. */
const patience = 3;
const managerPort = 8000;

/** Asks everyone who gets through, as {@link knocks} and {@link logins} plan it. */
export async function askAll(client: KubeClient, subject: Subject, askers: Askers): Promise<Row[]> {
  await untilAdmitted(client, subject, askers);
  const everyone = Object.keys(askers) as From[];
  const rows = await Promise.all(
    everyone.map(async (from) => {
      const own: Row[] = [];
      for (const each of knocks.filter((knock) => knock.from === from))
        own.push(await knock(client, subject, askers, each));
      for (const each of logins.filter((login) => login.from === from))
        own.push(await login(client, subject, askers, each));
      return own;
    }),
  );
  return [...rows.flat(), await login(client, subject, askers, lastLogin)];
}

/** New pods are let in a moment after they have their addresses. Whoever is not by then, the rows tell of. */
async function untilAdmitted(client: KubeClient, subject: Subject, askers: Askers): Promise<void> {
  const admitted = async () => {
    const { ok } = await login(client, subject, askers, { from: "client", tls: "verify-full", expected: "in" });
    return ok === true ? true : undefined;
  };
  await until(`${people.client} admitted`, admitted, { seconds: 30 }).catch((error: unknown) => {
    if (!(error instanceof TimedOut)) throw error;
  });
}

async function knock(client: KubeClient, subject: Subject, askers: Askers, plan: Knock): Promise<Row> {
  const { from, expected } = plan;
  const { name, hosts, port } = destination(plan.to, subject);
  const answers = await Promise.all(hosts.map((host) => askTcp(client, askers[from].asker, { host, port }, patience)));
  return row({
    layer: "network",
    from: people[from],
    to: `${name}:${String(port)}`,
    expected,
    ...outcome(answers, expected),
  });
}

function destination(
  to: Knock["to"],
  { credentials, instances }: Subject,
): { name: string; hosts: string[]; port: number } {
  const port = Number(credentials.port);
  if (to === "service") return { name: credentials.host, hosts: [credentials.host], port };
  const hosts = instances.map(({ ip }) => ip);
  return { name: "every instance", hosts, port: to === "instances" ? port : managerPort };
}

async function login(client: KubeClient, subject: Subject, askers: Askers, plan: LoginAttempt): Promise<Row> {
  const { from, tls, expected, note, wrongPassword = false } = plan;
  const { credentials } = subject;
  const { asker, environment, password } = askers[from];
  const changes = {
    ...(plan.user !== undefined && { PGUSER: plan.user }),
    ...(plan.database !== undefined && { PGDATABASE: plan.database }),
    ...tlsVariables(tls, subject),
  };
  const secret = wrongPassword ? `not ${credentials.password}` : password;
  const attempt = { environment: { ...environment, ...changes }, ...(secret !== undefined && { password: secret }) };
  const seen = outcome([await askLogin(client, asker, attempt, patience)], expected);
  return row({
    layer: "postgres",
    from: people[from],
    to: `${changes.PGHOST ?? credentials.host}:${credentials.port}${wrongPassword ? ", wrong password" : ""}`,
    tls,
    user: plan.user ?? credentials.user,
    database: plan.database ?? credentials.database,
    expected,
    ...seen,
    message: note !== undefined && seen.ok ? `${seen.message} (${note})` : seen.message,
  });
}

function tlsVariables(tls: LoginAttempt["tls"], { instances }: Subject): { PGHOST?: string; [name: string]: string } {
  switch (tls) {
    case "verify-full":
      return {};
    case "plain":
      return { PGSSLMODE: "disable" };
    case "verify-full, wrong CA":
      return { PGSSLROOTCERT: caFiles.wrong };
    case "verify-full, wrong name":
      return { PGHOST: instances[0]?.ip ?? "" };
  }
}

/** All answers in one: as expected only where every one of them is. */
function outcome(answers: Answer[], expected: string): Pick<Row, "observed" | "by" | "message"> & { ok: boolean } {
  const readings = answers.map(read);
  const all = (words: string[]) => [...new Set(words.filter((word) => word !== ""))].join(", ");
  return {
    observed: all(readings.map(({ observed }) => observed)),
    by: all(readings.map(({ by }) => by)),
    message: all(answers.map(({ message }) => message)),
    ok: readings.length > 0 && readings.every(({ observed }) => observed === expected),
  };
}
