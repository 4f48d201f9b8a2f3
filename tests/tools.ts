import { tool } from "../local/toolchain.ts";

/** Builds what the files of test:node start, before they run side by side and each would build it. */
export default async function setup(): Promise<void> {
  await tool("etcd");
  await tool("kube-apiserver");
  await tool("kube-controller-manager");
  await tool("pulumi");
}
