import "reflect-metadata";
import { createPrivateKey, webcrypto } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BasicConstraintsExtension, X509CertificateGenerator } from "@peculiar/x509";
import type { Identity } from "./wire.ts";

/** What the server's TLS needs, and a client that it knows but that is none of its users. */
export interface Certificates {
  readonly authorityFile: string;
  readonly server: { readonly certFile: string; readonly keyFile: string };
  readonly client: Identity;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const lifetime = 24 * 60 * 60 * 1000;

/** Makes an authority, a server certificate and a client certificate, the server's files in a directory. */
export async function makeCertificates(directory: string): Promise<Certificates> {
  const authority = await issue("test authority");
  const server = await issue("server", authority);
  const client = await issue("no database user", authority);
  const path = (name: string) => join(directory, name);
  writeFileSync(path("ca.crt"), authority.cert);
  writeFileSync(path("server.crt"), server.cert);
  writeFileSync(path("server.key"), server.key, { mode: 0o600 });
  return {
    authorityFile: path("ca.crt"),
    server: { certFile: path("server.crt"), keyFile: path("server.key") },
    client: { cert: client.cert, key: client.key },
  };
}

interface Issued extends Identity {
  readonly name: string;
  readonly signingKey: webcrypto.CryptoKey;
}

async function issue(commonName: string, issuer?: Issued): Promise<Issued> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const name = `CN=${commonName}`;
  const certificate = await X509CertificateGenerator.create({
    subject: name,
    issuer: issuer?.name ?? name,
    notBefore: new Date(Date.now() - lifetime),
    notAfter: new Date(Date.now() + lifetime),
    publicKey: keys.publicKey,
    signingKey: issuer?.signingKey ?? keys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(issuer === undefined)],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }).export({ type: "pkcs8", format: "pem" });
  return { name, signingKey: keys.privateKey, cert: certificate.toString("pem"), key: key.toString() };
}
