import * as pulumi from "@pulumi/pulumi";
import { conflicts } from "./config/conflicts.ts";
import type { HetznerSettings } from "./config/hetzner/schema.ts";
import { explain, problemsOf, type Problem } from "./config/problems.ts";
import { schema, type Config } from "./config/schema.ts";
import { credentials, isSecretKey, type ExistingCredentials, type HetznerCredentials } from "./config/secrets.ts";

/** Everything the program needs to know, valid. */
export interface Settings extends Config {
  /** The way into the cluster, or what it takes to make one. */
  readonly credentials: ExistingCredentials | HetznerCredentials;
  /** `organization/project/stack`. */
  readonly stack: string;
}

/**
 * Stack configuration as one valid, readonly value. What a cluster's settings are too large for is judged by whoever
 * renders them.
 * @throws pulumi.RunError that lists every problem: key, value, what was expected, and the fix
 */
export function loadSettings(sizeProblems: (hetzner: HetznerSettings) => Problem[]): Settings {
  const project = pulumi.getProject();
  const config = new pulumi.Config();
  const values = plainValues(project, config);
  const parsed = schema.safeParse(values);
  const problems = parsed.success ? conflicts(parsed.data) : problemsOf(parsed.error, values, schema);
  const hetzner = parsed.data?.cluster.hetzner;
  if (hetzner) problems.push(...sizeProblems(hetzner));
  // Secrets are judged by what the cluster's keys say; where those are not valid, there is nothing to judge by.
  const cluster = schema.shape.cluster.safeParse(values["cluster"] ?? {});
  const secrets = cluster.success ? credentials(cluster.data, config) : [];
  if (Array.isArray(secrets)) problems.push(...secrets);
  if (!parsed.success || problems.length > 0 || Array.isArray(secrets)) {
    throw new pulumi.RunError(explain(project, problems));
  }
  return Object.freeze({
    ...parsed.data,
    credentials: secrets,
    stack: `${pulumi.getOrganization()}/${project}/${pulumi.getStack()}`,
  });
}

/** The project's keys without its secrets, objects parsed, unknown keys included so that the schema can name them. */
function plainValues(project: string, config: pulumi.Config): Record<string, unknown> {
  const prefix = `${project}:`;
  const names = Object.keys(pulumi.runtime.allConfig())
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))
    .filter((name) => !isSecretKey(name));
  return Object.fromEntries(names.map((name) => [name, parsed(config.require(name))]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
