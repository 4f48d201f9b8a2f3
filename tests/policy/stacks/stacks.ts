import { loadAll } from "js-yaml";
import { runStack } from "../../unit/program/stack.ts";
import { repaired } from "./chapter.ts";

/** What the program renders for each of its stacks, and the repaired manifests of the tutorial. */
export async function stacks(): Promise<Readonly<Record<string, readonly object[]>>> {
  const rendered: Record<string, readonly object[]> = {};
  for (const name of ["production", "staging", "local"]) rendered[name] = await renderedBy(name);
  return { ...rendered, chapter: loadAll(Object.values(repaired).join("---")) as object[] };
}

/** The Kubernetes objects of a stack; definitions of kinds decide nothing here and are most of the text. */
async function renderedBy(stack: string): Promise<readonly object[]> {
  // On a cluster that is there: the control plane of one that is made here would come up in what is found.
  const resources = await runStack(stack, { config: { cluster: {} } });
  return resources
    .map(({ inputs }) => inputs)
    .filter(({ kind }) => kind !== undefined && kind !== "CustomResourceDefinition");
}
