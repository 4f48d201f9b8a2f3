import { isObject, list, type Json } from "../../analysis/json.ts";
import { readDocuments } from "../../analysis/load/documents.ts";
import { withoutComments } from "./user-data.ts";

/** What takes the policy engine of k3s away, in text that a server or a command runs: the words, as they stand there. */
export function disablesEnforcement(text: string): readonly string[] {
  const effective = withoutComments(text);
  return [...(byKeys(text) ?? matches(effective, keys)), ...matches(effective, args)];
}

/** For a configuration file of k3s, whatever it is called: the keys that do it. Undefined for any other text. */
function byKeys(text: string): readonly string[] | undefined {
  const { documents, problems } = readDocuments(text, "");
  if (problems.length > 0) return undefined;
  const entries = documents.flatMap(({ value }) => (isObject(value) ? Object.entries(value) : []));
  // k3s takes a + off the end of a key: it adds to what other files say.
  const ours = entries.flatMap(([key, value]) => {
    const disables = judges[key.replace(/\++$/, "")];
    return disables === undefined ? [] : [{ key, value, disables }];
  });
  if (ours.length === 0) return undefined;
  return ours.flatMap(({ key, value, disables }) => {
    const values = Array.isArray(value) ? list(value) : [value];
    return values.some(disables) ? [`${key}: ${written(value)}`] : [];
  });
}

const judges: Readonly<Record<string, (value: Json) => boolean>> = {
  // k3s reads YAML 1.1, where a no is a false.
  "disable-network-policy": (value) => !/^(?:false|f|0|no|n|off)$/i.test(written(value)),
  "flannel-backend": (value) => value === "none",
};

function written(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function matches(text: string, patterns: readonly RegExp[]): readonly string[] {
  return patterns.flatMap((pattern) => {
    const found = pattern.exec(text)?.[0];
    return found === undefined ? [] : [found.trim().replace(/^["'{,]+/, "")];
  });
}

/** As a key of config.yaml inside other text: a heredoc, a printf, a list among them. */
const keys = [
  /(?:^|[\s"'{,]|\\n)disable-network-policy\+?["']?\s*:\s*(?:\[\s*|-\s+)?["']?(?:true|t|1|yes|y|on)\b/im,
  /(?:^|[\s"'{,]|\\n)flannel-backend\+?["']?\s*:\s*(?:\[\s*|-\s+)?["']?none\b/m,
];

/** As an argument, with one dash or two. */
const args = [
  /(?<![\w-])--?disable-network-policy(?![\w-])(?!=["']?(?:false|0|f)\b)/i,
  /(?<![\w-])--?flannel-backend(?:[=\s\\]+)["']?none\b/,
  /(?<![\w-])--?no-flannel(?![\w-])(?!=["']?(?:false|0|f)\b)/i,
];
