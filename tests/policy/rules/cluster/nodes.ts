import { gzipSync } from "node:zlib";

/** 64 letters and digits, as a Hetzner API token has; nobody's. */
export const apiToken = "Fake0".repeat(12) + "Fake";
export const caHash = "0123456789abcdef".repeat(4);
export const agentToken = `K10${caHash}::node:agents-password`;
export const serverToken = `K10${caHash}::server:servers-password`;
export const privateKey = "-----BEGIN EC PRIVATE KEY-----\nbm90IGEga2V5\n-----END EC PRIVATE KEY-----\n";

/** okami101/terraform-hcloud-k3s: init_server.tftpl, the first server; a folded command. */
export const installsServer = (args: string) => `#cloud-config
package_update: true
runcmd:
  - sed -i "/^PermitRootLogin/s/^.*$/PermitRootLogin no/" /etc/ssh/sshd_config
  - >
    curl -sfL https://get.k3s.io | INSTALL_K3S_CHANNEL=stable K3S_TOKEN=password sh -s -
    server --cluster-init --disable=traefik ${args}
    --node-ip=10.0.0.2
`;

/** okami101/terraform-hcloud-k3s: cloud-init-k3s.tftpl, a worker. */
export const installsAgent = (token: string) => `#cloud-config
runcmd:
  - curl -sfL https://get.k3s.io | INSTALL_K3S_CHANNEL=stable K3S_TOKEN=${token} K3S_URL=https://10.0.0.2:6443 sh -s - agent
`;

/** A file of cloud-init's write_files. */
export const writes = (path: string, content: string) => `#cloud-config
write_files:
  - path: ${path}
    permissions: "0600"
    content: |
${content.replace(/^/gm, "      ")}
`;

/** The same, in base64 and packed, as okami101/terraform-hcloud-k3s does: cloud-init-k3s.tftpl. */
export const writesEncoded = (path: string, content: string, packed = false) => `#cloud-config
write_files:
  - path: ${path}
    encoding: ${packed ? "gz+b64" : "b64"}
    content: ${(packed ? gzipSync(content) : Buffer.from(content)).toString("base64")}
`;

/** cloud-init's documentation: "MIME multi-part archive". */
export const multipart = (...parts: readonly string[]) =>
  [
    'Content-Type: multipart/mixed; boundary="===============2389165605550749110=="',
    "MIME-Version: 1.0",
    "",
    ...parts.flatMap((part) => [
      "--===============2389165605550749110==",
      `Content-Type: text/${part.startsWith("#!") ? "x-shellscript" : "cloud-config"}; charset="us-ascii"`,
      "",
      part,
    ]),
    "--===============2389165605550749110==--",
  ].join("\n");
