import "reflect-metadata";
import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto, type KeyObject } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** The inputs of Pulumi's tls resources that the program sets. */
interface Inputs {
  algorithm?: string;
  rsaBits?: number;
  privateKeyPem?: string;
  subject?: { commonName?: string; organization?: string };
  certRequestPem?: string;
  caCertPem?: string;
  caPrivateKeyPem?: string;
  isCaCertificate?: boolean;
  allowedUses?: string[];
  validityPeriodHours?: number;
}

const CURVE = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const { keyCertSign, digitalSignature, keyEncipherment } = x509.KeyUsageFlags;
const ofAuthorities = () => new x509.KeyUsagesExtension(keyCertSign | digitalSignature | keyEncipherment, true);
const ofClients = () => new x509.KeyUsagesExtension(digitalSignature, true);

const SECRET_MARK = "4dabf18193072939515e22adb298388d";

/** What a resource of the tls plugin answers: real keys and certificates of the very shape that its inputs ask for. */
export async function tlsOutputs(type: string, given: Record<string, unknown>): Promise<Record<string, unknown>> {
  const inputs = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, opened(value)])) as Inputs;
  switch (type) {
    case "tls:index/privateKey:PrivateKey":
      return { privateKeyPem: newKey(inputs) };
    case "tls:index/certRequest:CertRequest":
      return { certRequestPem: await request(inputs) };
    case "tls:index/selfSignedCert:SelfSignedCert": {
      const keys = await keyPair(String(inputs.privateKeyPem));
      const subject = name(inputs.subject);
      return { certPem: await certify(inputs, subject, subject, keys.publicKey, keys) };
    }
    case "tls:index/locallySignedCert:LocallySignedCert": {
      const asked = new x509.Pkcs10CertificateRequest(String(inputs.certRequestPem));
      const ca = new x509.X509Certificate(String(inputs.caCertPem));
      const keys = await keyPair(String(inputs.caPrivateKeyPem));
      const publicKey = await imported(createPublicKey(asked.publicKey.toString("pem")), "spki", "verify");
      return { certPem: await certify(inputs, asked.subject, ca.subject, publicKey, keys, ca) };
    }
    default:
      return {};
  }
}

/** The value out of its secret envelope. */
function opened(value: unknown): unknown {
  const isEnvelope = typeof value === "object" && value !== null && SECRET_MARK in value;
  return isEnvelope ? (value as { value?: unknown }).value : value;
}

/** Like the plugin: SEC 1 for curves, PKCS #1 for RSA. */
function newKey({ algorithm, rsaBits = 2048 }: Inputs): string {
  if (algorithm === "RSA") {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: rsaBits });
    return privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  }
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "sec1", format: "pem" }).toString();
}

async function request({ privateKeyPem, subject }: Inputs): Promise<string> {
  const made = await x509.Pkcs10CertificateRequestGenerator.create({
    name: name(subject),
    keys: await keyPair(String(privateKeyPem)),
    signingAlgorithm: CURVE,
  });
  return `${made.toString("pem")}\n`;
}

async function certify(
  { isCaCertificate = false, allowedUses = [], validityPeriodHours = 1 }: Inputs,
  subject: string,
  issuer: string,
  publicKey: webcrypto.CryptoKey,
  signer: webcrypto.CryptoKeyPair,
  ca?: x509.X509Certificate,
): Promise<string> {
  const made = await x509.X509CertificateGenerator.create({
    subject,
    issuer,
    notBefore: new Date(),
    notAfter: new Date(Date.now() + validityPeriodHours * 3600_000),
    publicKey,
    signingKey: signer.privateKey,
    signingAlgorithm: CURVE,
    extensions: [
      new x509.BasicConstraintsExtension(isCaCertificate, undefined, true),
      isCaCertificate ? ofAuthorities() : ofClients(),
      ...(allowedUses.includes("client_auth")
        ? [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])]
        : []),
      ...(isCaCertificate ? [await x509.SubjectKeyIdentifierExtension.create(publicKey)] : []),
      ...(ca ? [await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey)] : []),
    ],
  });
  return `${made.toString("pem")}\n`;
}

function name({ commonName = "", organization }: NonNullable<Inputs["subject"]> = {}): string {
  return [`CN=${commonName}`, ...(organization === undefined ? [] : [`O=${organization}`])].join(", ");
}

async function keyPair(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const key = createPrivateKey(pem);
  return {
    privateKey: await imported(key, "pkcs8", "sign"),
    publicKey: await imported(createPublicKey(key), "spki", "verify"),
  };
}

function imported(key: KeyObject, type: "pkcs8" | "spki", use: webcrypto.KeyUsage): Promise<webcrypto.CryptoKey> {
  const der =
    key.type === "private" ? key.export({ type: "pkcs8", format: "der" }) : key.export({ type: "spki", format: "der" });
  return webcrypto.subtle.importKey(type, new Uint8Array(der), CURVE, true, [use]);
}
