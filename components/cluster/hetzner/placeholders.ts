import type { HetznerSettings } from "../../../config/hetzner/schema.ts";
import type { NodeFacts } from "./cloudInit.ts";
import { tokens } from "./kubeconfig.ts";
import { SELF_SIGNED } from "./pki.ts";
import { controlPlaneOf, plannedSans, type Plan, type PlannedNode } from "./plan.ts";

/** Bytes of what the tls plugin makes with the program's inputs, at most, names left out: P-256 signatures vary by two. */
const SELF_SIGNED_BYTES = 348;
const SIGNED_BYTES = 381;
const EC_KEY_BYTES = 121;
const RSA_KEY_BYTES = 1193;

/** What stands for facts that are not known before an `up`, of the length of the real ones: to see how long user data gets. */
export function placeholderFacts(settings: HetznerSettings, planned: Plan, node: PlannedNode): NodeFacts {
  const { clusterName, etcdS3Backup } = settings;
  const publicAddresses = planned.nodes.flatMap(({ role }) => (role === "server" ? ["255.255.255.255"] : []));
  const subject = (of: string) => `${clusterName}-${of}`.length;
  const selfSigned = (of: string) => pem("CERTIFICATE", SELF_SIGNED_BYTES + 2 * subject(of));
  const ecKey = pem("EC PRIVATE KEY", EC_KEY_BYTES);
  const serverCa = pem("CERTIFICATE", SIGNED_BYTES + subject("server-ca") + subject("root-ca")) + selfSigned("root-ca");
  const authorities = {
    "server-ca.crt": serverCa,
    "server-ca.key": ecKey,
    ...Object.fromEntries(
      SELF_SIGNED.flatMap((path) => [
        [`${path}.crt`, selfSigned(path.replace("/", "-"))],
        [`${path}.key`, ecKey],
      ]),
    ),
    "service.key": pem("RSA PRIVATE KEY", RSA_KEY_BYTES),
  };
  return {
    tokens: tokens("0".repeat(64), { server: "x".repeat(48), agent: "x".repeat(48) }),
    serverCa,
    tlsSans: [...publicAddresses, ...plannedSans(settings, planned)],
    // As long as those of S3.
    etcdS3: etcdS3Backup && { accessKey: "x".repeat(20), secretKey: "x".repeat(40) },
    controlPlane: controlPlaneOf(planned, node),
    authorities: node.first ? authorities : undefined,
  };
}

function pem(label: string, bytes: number): string {
  const lines =
    Buffer.alloc(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
