import * as pulumi from "@pulumi/pulumi";
import { conflicts } from "./config/conflicts.ts";
import { explain, problemsOf, type Problem } from "./config/problems.ts";
import { schema, type Config } from "./config/schema.ts";
import { KubeClient } from "./kube/client.ts";

/** Everything the program needs to know, valid. */
export interface Settings extends Config {
  /** Reads the cluster before and while it is changed. */
  readonly client: KubeClient;
  /** Content of the kubeconfig, secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** `organization/project/stack`. */
  readonly stack: string;
}

/**
 * Stack configuration as one valid, readonly value.
 * @throws pulumi.RunError that lists every problem: key, value, what was expected, and the fix
 */
export function loadSettings(): Settings {
  const project = pulumi.getProject();
  const config = new pulumi.Config();
  const { kubeconfig, ...values } = rawValues(project, config);
  const parsed = schema.safeParse(values);
  const problems = parsed.success ? conflicts(parsed.data) : problemsOf(parsed.error, values, schema);
  const context = parsed.success ? parsed.data.cluster.context : undefined;
  const client = connect(kubeconfig, context);
  if (!(client instanceof KubeClient)) problems.push(client);
  if (!parsed.success || problems.length > 0 || !(client instanceof KubeClient)) {
    throw new pulumi.RunError(explain(project, problems));
  }
  return Object.freeze({
    ...parsed.data,
    client,
    kubeconfig: config.requireSecret("kubeconfig"),
    stack: `${pulumi.getOrganization()}/${project}/${pulumi.getStack()}`,
  });
}

/** The project's keys with their values, objects parsed, unknown keys included so that the schema can name them. */
function rawValues(project: string, config: pulumi.Config): Record<string, unknown> {
  const prefix = `${project}:`;
  const keys = Object.keys(pulumi.runtime.allConfig()).filter((key) => key.startsWith(prefix));
  return Object.fromEntries(
    keys.map((key) => {
      const name = key.slice(prefix.length);
      const text = config.require(name);
      return [name, name === "kubeconfig" ? text : parsed(text)];
    }),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function connect(kubeconfig: unknown, context: string | undefined): KubeClient | Problem {
  const fix = "pulumi config set --secret kubeconfig < kubeconfig.yaml";
  const expected = "the content of a kubeconfig file";
  if (typeof kubeconfig !== "string" || kubeconfig === "") return { key: "kubeconfig", got: undefined, expected, fix };
  try {
    return new KubeClient(kubeconfig, context);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return { key: "kubeconfig", got: "[secret]", expected: `${expected} (${reason ?? "unreadable"})`, fix };
  }
}
