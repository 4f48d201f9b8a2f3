import { stringify } from "yaml";
import { name } from "./layout.ts";

/** What one user needs to reach the cluster; certificates and key are PEM texts. */
export interface KubeconfigArgs {
  /** URL of the API server. */
  server: string;
  ca: string;
  cert: string;
  key: string;
}

/** The text of a kubeconfig file for one user, with everything embedded. */
export function kubeconfig({ server, ca, cert, key }: KubeconfigArgs): string {
  const base64 = (pem: string) => Buffer.from(pem).toString("base64");
  const cluster = { server, "certificate-authority-data": base64(ca) };
  const user = { "client-certificate-data": base64(cert), "client-key-data": base64(key) };
  return stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name, cluster }],
      users: [{ name, user }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      "current-context": name,
    },
    { lineWidth: 0 },
  );
}
