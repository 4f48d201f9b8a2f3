import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

const YEAR = 365 * 24;
const SIGNS = ["cert_signing", "digital_signature", "key_encipherment"];

/** Whom the admin certificate names. O=system:masters is what k3s' own admin has. */
const ADMIN = { commonName: "hcloud-postgres-admin", organization: "system:masters" };

/** The CAs that k3s takes where they are there before its first start, by path below its tls folder. */
export const SELF_SIGNED = ["client-ca", "request-header-ca", "etcd/peer-ca", "etcd/server-ca"] as const;

export interface ClusterPkiArgs {
  /** First part of the subjects. */
  clusterName: string;
  /** Refuse to delete or replace the CAs: the cluster is lost with them. */
  protect: boolean;
}

/**
 * The cluster's certificates, made before any server is: so the kubeconfig is known first, and nodes know whom they join.
 * CAs are valid for ten years (the root for twenty) and are never renewed by themselves; the admin certificate is valid
 * for a year and renewed by an `up` in its last 90 days. Keys are secret.
 */
export class ClusterPki extends pulumi.ComponentResource {
  /** Root certificate, PEM: the token's hash is its. */
  readonly rootCa: pulumi.Output<string>;
  /** The API server's CA and its root, PEM: what clients trust. */
  readonly serverCa: pulumi.Output<string>;
  /** Certificates and keys by path below k3s' tls folder; secret. */
  readonly authorities: pulumi.Output<Record<string, string>>;
  /** Certificate and key of the cluster's administrator, PEM; secret. */
  readonly admin: pulumi.Output<{ certificate: string; key: string }>;

  constructor(name: string, { clusterName, protect }: ClusterPkiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hcloud-postgres:cluster:ClusterPki", name, {}, opts);
    const child = { parent: this };
    const kept = { parent: this, protect };
    const key = (of: string, args: tls.PrivateKeyArgs = { algorithm: "ECDSA", ecdsaCurve: "P256" }) =>
      new tls.PrivateKey(`${name}-${of}-key`, args, kept);
    const selfSigned = (of: string, years: number) => {
      const privateKey = key(of);
      const certificate = new tls.SelfSignedCert(
        `${name}-${of}`,
        {
          privateKeyPem: pulumi.secret(privateKey.privateKeyPem),
          subject: { commonName: `${clusterName}-${of}` },
          isCaCertificate: true,
          setSubjectKeyId: true,
          allowedUses: SIGNS,
          validityPeriodHours: years * YEAR,
        },
        kept,
      );
      return { privateKey, certificate };
    };
    const request = (of: string, privateKey: tls.PrivateKey, subject: tls.CertRequestArgs["subject"]) =>
      new tls.CertRequest(
        `${name}-${of}-request`,
        { privateKeyPem: pulumi.secret(privateKey.privateKeyPem), subject },
        child,
      );

    const root = selfSigned("root-ca", 20);
    const serverKey = key("server-ca");
    const server = new tls.LocallySignedCert(
      `${name}-server-ca`,
      {
        certRequestPem: request("server-ca", serverKey, { commonName: `${clusterName}-server-ca` }).certRequestPem,
        caCertPem: root.certificate.certPem,
        caPrivateKeyPem: pulumi.secret(root.privateKey.privateKeyPem),
        isCaCertificate: true,
        setSubjectKeyId: true,
        allowedUses: SIGNS,
        validityPeriodHours: 10 * YEAR,
      },
      kept,
    );
    const others = SELF_SIGNED.map((path) => ({ path, ...selfSigned(path.replace("/", "-"), 10) }));
    const service = key("service", { algorithm: "RSA", rsaBits: 2048 });
    const client = others.find(({ path }) => path === "client-ca");
    if (!client) throw new Error("the client CA is among the CAs");

    const adminKey = new tls.PrivateKey(`${name}-admin-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, child);
    const admin = new tls.LocallySignedCert(
      `${name}-admin`,
      {
        certRequestPem: request("admin", adminKey, ADMIN).certRequestPem,
        caCertPem: client.certificate.certPem,
        caPrivateKeyPem: pulumi.secret(client.privateKey.privateKeyPem),
        allowedUses: ["client_auth", "digital_signature"],
        validityPeriodHours: YEAR,
        earlyRenewalHours: 90 * 24,
      },
      child,
    );

    this.rootCa = root.certificate.certPem;
    this.serverCa = pulumi
      .all([server.certPem, root.certificate.certPem])
      .apply((certificates) => certificates.map(withNewline).join(""));
    const files = Object.fromEntries([
      ["server-ca.crt", this.serverCa],
      ["server-ca.key", serverKey.privateKeyPem],
      ...others.flatMap(({ path, certificate, privateKey }) => [
        [`${path}.crt`, certificate.certPem],
        [`${path}.key`, privateKey.privateKeyPem],
      ]),
      ["service.key", service.privateKeyPem],
    ]) as Record<string, pulumi.Output<string>>;
    this.authorities = pulumi.secret(pulumi.output(files));
    this.admin = pulumi.secret(pulumi.output({ certificate: admin.certPem, key: adminKey.privateKeyPem }));
    this.registerOutputs({});
  }
}

function withNewline(pem: string): string {
  return pem.endsWith("\n") ? pem : `${pem}\n`;
}
