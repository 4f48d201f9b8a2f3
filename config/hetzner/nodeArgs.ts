import { disablingFlag } from "./enforcement.ts";
import { parsedFlag, type Flag } from "./k3sArgs.ts";

/** Annotation in which k3s notes how it was started: a JSON list, configuration files included, secrets masked. */
const ANNOTATION = "k3s.io/node-args";

/** What a node's own word on how k3s runs there says against enforcement; undefined where it says nothing. */
export function nodeObjection(annotations: Readonly<Record<string, string>>, cniPlugin: string): string | undefined {
  const args = nodeArgs(annotations);
  if (args === undefined || cniPlugin !== "flannel") return undefined;
  return disablingFlag(args);
}

/** What k3s was started with on a control-plane server; undefined for agents, and where the node does not say. */
export function serverFlags(annotations: Readonly<Record<string, string>>): Flag[] | undefined {
  const [command, ...args] = nodeArgs(annotations) ?? [];
  return command === "server" ? args.flatMap((word) => parsedFlag(word) ?? []) : undefined;
}

/** The arguments as `--flag=value`: the annotation has flag and value as words of their own. */
function nodeArgs(annotations: Readonly<Record<string, string>>): string[] | undefined {
  const annotation = annotations[ANNOTATION];
  const list = annotation === undefined ? undefined : parsedList(annotation);
  return list?.reduce<string[]>((joined, word) => {
    const before = joined.at(-1);
    const isValue = !word.startsWith("-") && before !== undefined && before.startsWith("-") && !before.includes("=");
    return isValue ? [...joined.slice(0, -1), `${before}=${word}`] : [...joined, word];
  }, []);
}

function parsedList(annotation: string): string[] | undefined {
  try {
    const list: unknown = JSON.parse(annotation);
    return Array.isArray(list) ? list.map(String) : undefined;
  } catch {
    return undefined;
  }
}
