import { disablingFlag } from "./enforcement.ts";

/** Annotation in which k3s notes how it was started: a JSON list, configuration files included, secrets masked. */
const ANNOTATION = "k3s.io/node-args";

/** What a node's own word on how k3s runs there says against enforcement; undefined where it says nothing. */
export function nodeObjection(annotations: Readonly<Record<string, string>>, cniPlugin: string): string | undefined {
  const args = nodeArgs(annotations[ANNOTATION]);
  if (args === undefined || cniPlugin !== "flannel") return undefined;
  return disablingFlag(args);
}

/** The arguments as `--flag=value`: the annotation has flag and value as words of their own. */
function nodeArgs(annotation: string | undefined): string[] | undefined {
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
