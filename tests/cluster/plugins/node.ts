import type { TestProject } from "vitest/node";
import { testKubeconfig } from "../sandbox.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Content of the kubeconfig of the API server under test. */
    kubeconfig: string;
  }
}

/** One node for all files, which could not bring it up at the same time. */
export default async function setup(project: TestProject): Promise<void> {
  project.provide("kubeconfig", await testKubeconfig());
}
