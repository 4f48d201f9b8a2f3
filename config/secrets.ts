import * as pulumi from "@pulumi/pulumi";
import { KubeClient } from "../kube/client.ts";
import type { Problem } from "./problems.ts";
import type { Config } from "./schema.ts";

/** Keys of the stack configuration that are secrets, each a key of its own so that no object holding one is printed. */
const SECRET_KEYS = ["kubeconfig", "hcloudToken", "clusterHcloudToken", "etcdS3AccessKey", "etcdS3SecretKey"] as const;
export type SecretKey = (typeof SECRET_KEYS)[number];

/** The way into a cluster that is there. */
export interface ExistingCredentials {
  readonly kind: "existing";
  /** Content of the kubeconfig, secret. */
  readonly kubeconfig: pulumi.Output<string>;
  readonly client: KubeClient;
}

/** What it takes to make one on Hetzner. */
export interface HetznerCredentials {
  readonly kind: "hetzner";
  /** Token of the Hetzner project, read and write; secret. */
  readonly hcloudToken: pulumi.Output<string>;
  /** Token that the cluster's own controllers use; the same unless one of its own is given. Secret. */
  readonly clusterHcloudToken: pulumi.Output<string>;
  /** For snapshots of etcd; secret. */
  readonly etcdS3?: { readonly accessKey: pulumi.Output<string>; readonly secretKey: pulumi.Output<string> };
}

export function isSecretKey(name: string): name is SecretKey {
  return (SECRET_KEYS as readonly string[]).includes(name);
}

/** The secrets that the cluster needs, or what is wrong with them; a problem never tells a secret. */
export function credentials(
  cluster: Config["cluster"] | undefined,
  config: pulumi.Config,
): ExistingCredentials | HetznerCredentials | Problem[] {
  const hetzner = cluster?.hetzner;
  if (hetzner === undefined) {
    const foreign = superfluous(config, ["hcloudToken", "clusterHcloudToken", "etcdS3AccessKey", "etcdS3SecretKey"]);
    const client = connect(config.get("kubeconfig"), cluster?.context);
    if (!(client instanceof KubeClient) || foreign.length > 0) {
      return client instanceof KubeClient ? foreign : [client, ...foreign];
    }
    return { kind: "existing", kubeconfig: config.requireSecret("kubeconfig"), client };
  }
  const backup = hetzner.etcdS3Backup !== undefined;
  const problems = [
    ...superfluous(config, ["kubeconfig", ...(backup ? [] : (["etcdS3AccessKey", "etcdS3SecretKey"] as const))]),
    ...(backup ? (["etcdS3AccessKey", "etcdS3SecretKey"] as const).flatMap((key) => missing(config, key)) : []),
    ...missing(config, "hcloudToken"),
    ...(["hcloudToken", "clusterHcloudToken"] as const).flatMap((key) => malformedToken(config, key)),
  ];
  if (problems.length > 0) return problems;
  const hcloudToken = config.requireSecret("hcloudToken");
  return {
    kind: "hetzner",
    hcloudToken,
    clusterHcloudToken: config.getSecret("clusterHcloudToken") ?? hcloudToken,
    ...(backup && {
      etcdS3: {
        accessKey: config.requireSecret("etcdS3AccessKey"),
        secretKey: config.requireSecret("etcdS3SecretKey"),
      },
    }),
  };
}

function missing(config: pulumi.Config, key: SecretKey): Problem[] {
  if ((config.get(key) ?? "") !== "") return [];
  return [{ key, got: undefined, expected: "a secret", fix: `pulumi config set --secret ${key}` }];
}

function malformedToken(config: pulumi.Config, key: SecretKey): Problem[] {
  const token = config.get(key) ?? "";
  if (token === "" || /^[A-Za-z0-9]{64}$/.test(token)) return [];
  const expected = "a token of Hetzner Cloud: 64 letters and digits";
  return [
    {
      key,
      got: "[secret]",
      expected,
      fix: `make one in the project's console, then pulumi config set --secret ${key}`,
    },
  ];
}

function superfluous(config: pulumi.Config, keys: readonly SecretKey[]): Problem[] {
  return keys
    .filter((key) => config.get(key) !== undefined)
    .map((key) => ({
      key,
      got: "[secret]",
      expected: `nothing: cluster says that it is not needed`,
      fix: `pulumi config rm ${key}, or correct cluster`,
    }));
}

function connect(kubeconfig: string | undefined, context: string | undefined): KubeClient | Problem {
  const fix = "pulumi config set --secret kubeconfig < kubeconfig.yaml";
  const expected = "the content of a kubeconfig file";
  if (kubeconfig === undefined || kubeconfig === "") return { key: "kubeconfig", got: undefined, expected, fix };
  try {
    return new KubeClient(kubeconfig, context);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return { key: "kubeconfig", got: "[secret]", expected: `${expected} (${reason ?? "unreadable"})`, fix };
  }
}
