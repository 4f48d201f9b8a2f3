import type { Problem } from "../../config/problems.ts";
import type { Config } from "../../config/schema.ts";
import type { KubeClient } from "../../kube/client.ts";

/** What is wrong with the Secrets that clients bring along: CloudNativePG would say so in its log, once nobody gets in. */
export async function secretObjections({ clients, namespace }: Config, client: KubeClient): Promise<Problem[]> {
  const problems = clients.map(async ({ existingSecret: name, role }, index): Promise<Problem[]> => {
    if (name === undefined) return [];
    const problem = (expected: string, fix: string): Problem[] => [
      { key: `clients[${String(index)}].existingSecret`, got: name, expected, fix },
    ];
    const secret = await client.get({ apiVersion: "v1", kind: "Secret", namespace: namespace.name, name });
    if (!secret)
      return problem(`a Secret in namespace ${namespace.name}`, "create it, of type kubernetes.io/basic-auth");
    const { username = "", password = "" } = (secret["data"] ?? {}) as Record<string, string | undefined>;
    const fix = `set its username to ${role}, and its password to the one in use`;
    if (Buffer.from(username, "base64").toString() !== role) return problem(`a Secret whose username is ${role}`, fix);
    return password === "" ? problem("a Secret with a password", fix) : [];
  });
  return (await Promise.all(problems)).flat();
}
