import { askLogin, askTcp, type Asker } from "../../../components/enforcement/probe.ts";
import type { KubeClient } from "../../../kube/client.ts";
import { connects } from "../instances.ts";
import { ports, transports, type Experience } from "./expect.ts";

/** Somebody who asks, and as whom. */
export interface Person {
  readonly asker: Asker;
  readonly environment: Record<string, string>;
  readonly password?: string;
}

const patience = 2;

/** What a pod with the probe experiences at an instance, and at PostgreSQL behind it. */
export async function observed(client: KubeClient, person: Person, address: string): Promise<Experience> {
  const { asker, environment, password } = person;
  const reaches = ports.map(async (port) => {
    const { outcome } = await askTcp(client, asker, { host: address, port }, patience);
    return [`reaches ${String(port)}`, outcome === "connected"] as const;
  });
  const logins = Object.entries(transports).map(async ([transport, mode]) => {
    const variables = { ...environment, PGHOST: address, PGSSLMODE: mode };
    const login = { environment: variables, ...(password !== undefined && { password }) };
    const { outcome } = await askLogin(client, asker, login, patience);
    return [`logs in ${transport}`, outcome === "in"] as const;
  });
  return Object.fromEntries(await Promise.all([...reaches, ...logins]));
}

/** What an instance experiences at another one. It has no probe, but a shell. */
export async function observedByInstance(
  client: KubeClient,
  { namespace, pod }: Asker,
  address: string,
): Promise<Experience> {
  const reaches = ports.map(async (port) => {
    const arrives = await connects(client, { namespace, pod, container: "postgres" }, address, port);
    return [`reaches ${String(port)}`, arrives] as const;
  });
  return Object.fromEntries(await Promise.all(reaches));
}
