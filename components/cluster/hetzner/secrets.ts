import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { caHash, tokens } from "./kubeconfig.ts";
import type { Tokens } from "./k3sConfig.ts";

/** Passwords by which nodes join, and the tokens made of them; secret. */
export function joinTokens(
  name: string,
  rootCa: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<Tokens> {
  const password = (of: string) =>
    pulumi.secret(new random.RandomPassword(`${name}-${of}-token`, { length: 48, special: false }, opts).result);
  return pulumi
    .all([rootCa, password("server"), password("agent")])
    .apply(([root, server, agent]) => tokens(caHash(root), { server, agent }));
}
