import { text } from "../../analysis/json.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { ResourceRule } from "../rule.ts";
import { hcloud } from "./hcloud.ts";
import { isControlPlane, joinsWithDoubtfulToken } from "./k3s-role.ts";
import { secretsIn, type SecretKind } from "./secrets.ts";
import { readUserData } from "./user-data.ts";

/** The control plane cannot start without these; nobody else needs them. */
const ofControlPlane: readonly SecretKind[] = ["a private key", "the cluster's server token"];

/** Every process and every pod of a server may ask 169.254.169.254 for its user data, without proving anything. */
export const noSecretsInWorkerUserData: ResourceRule = {
  scope: "resource",
  name: "no-secrets-in-worker-user-data",
  level: "mandatory",
  severity: "critical",
  description:
    "User data must hold no secret that opens more than the server itself: every pod on it can read user data.",
  fix: "give workers the agent token alone (agent-token on the servers, K10<CA hash>::node:<password> on the workers), and put other secrets into the cluster through its API",
  url: "https://docs.k3s.io/cli/token",
  types: [hcloud.server],
  judge({ properties: { userData } }) {
    const path = ["userData"];
    if (isUnknown(userData)) return [{ path, message: "user data is not known before up", undecided: true }];
    const parts = readUserData(text(userData) ?? "");
    const controls = isControlPlane(parts);
    const secrets = parts.flatMap(({ path: file, text: content }) =>
      secretsIn(content)
        .filter((kind) => !controls || !ofControlPlane.includes(kind))
        .map((kind) => ({ path, message: `${file ?? "a command or text in it"} holds ${kind}` })),
    );
    if (controls || !joinsWithDoubtfulToken(parts)) return secrets;
    const message = "it joins with a token that may be the server token, which gives full administrator access";
    return [...secrets, { path, message }];
  },
};
