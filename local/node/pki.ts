import "reflect-metadata";
import { KeyObject, webcrypto } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import { network, nodeName } from "./layout.ts";

/** A certificate of the cluster's own authority. */
export interface CertificateArgs {
  /** Name of its files. */
  file: string;
  /** User, as Kubernetes reads the common name. */
  commonName: string;
  /** Group, as Kubernetes reads the organization. */
  organization?: string;
  dns?: string[];
  ips?: string[];
}

const service = "kubernetes.default.svc";
const certificates: CertificateArgs[] = [
  {
    file: "apiserver",
    commonName: "kube-apiserver",
    dns: ["localhost", "kubernetes", "kubernetes.default", service, `${service}.cluster.local`],
    ips: ["127.0.0.1", network.node, network.apiService],
  },
  { file: "admin", commonName: "admin", organization: "system:masters" },
  { file: "kube-controller-manager", commonName: "system:kube-controller-manager" },
  { file: "kube-scheduler", commonName: "system:kube-scheduler" },
  { file: "kube-proxy", commonName: "system:kube-proxy" },
  { file: "kubelet", commonName: `system:node:${nodeName}`, organization: "system:nodes", ips: [network.node] },
  { file: "kube-router", commonName: "kube-router", organization: "system:masters" },
  { file: "kubelet-client", commonName: "kube-apiserver-kubelet-client", organization: "system:masters" },
];

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const lifetime = 10 * 365 * 24 * 3600 * 1000;

/** Writes the cluster's authority, its certificates and the key that signs ServiceAccount tokens, all or nothing; keeps those already there. */
export async function createPki(directory: string): Promise<void> {
  if (existsSync(directory)) return;
  const unfinished = `${directory}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  for (const [file, pem] of Object.entries(await issueAll())) {
    await writeFile(join(unfinished, file), pem, { mode: 0o600 });
  }
  await rename(unfinished, directory);
}

/** The PEM text of every key and certificate, by file name. */
export async function issueAll(): Promise<Record<string, string>> {
  const authority = await generateKeys();
  const tokens = await generateKeys();
  const issuer = "CN=hcloud-postgres local node";
  const files: Record<string, string> = {
    "sa.key": pem(tokens.privateKey, "pkcs8"),
    "sa.pub": pem(tokens.publicKey, "spki"),
    "ca.key": pem(authority.privateKey, "pkcs8"),
    "ca.crt": await certify(issuer, issuer, authority, authority, [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
    ]),
  };
  for (const certificate of certificates) {
    const keys = await generateKeys();
    files[`${certificate.file}.key`] = pem(keys.privateKey, "pkcs8");
    files[`${certificate.file}.crt`] = await certify(
      subject(certificate),
      issuer,
      keys,
      authority,
      leafExtensions(certificate),
    );
  }
  return files;
}

function subject({ commonName, organization }: CertificateArgs): string {
  return [`CN=${commonName}`, ...(organization === undefined ? [] : [`O=${organization}`])].join(", ");
}

function leafExtensions({ dns = [], ips = [] }: CertificateArgs): x509.Extension[] {
  const names = [
    ...dns.map((value) => ({ type: "dns" as const, value })),
    ...ips.map((value) => ({ type: "ip" as const, value })),
  ];
  return [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
    ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
  ];
}

async function certify(
  subject: string,
  issuer: string,
  keys: webcrypto.CryptoKeyPair,
  authority: webcrypto.CryptoKeyPair,
  extensions: x509.Extension[],
): Promise<string> {
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer,
    // A clock set back a little must not make a new cluster distrust itself.
    notBefore: new Date(Date.now() - 3600 * 1000),
    notAfter: new Date(Date.now() + lifetime),
    publicKey: keys.publicKey,
    signingKey: authority.privateKey,
    signingAlgorithm: algorithm,
    extensions,
  });
  return certificate.toString("pem");
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function pem(key: webcrypto.CryptoKey, type: "pkcs8" | "spki"): string {
  return KeyObject.from(key).export({ type, format: "pem" }).toString();
}
