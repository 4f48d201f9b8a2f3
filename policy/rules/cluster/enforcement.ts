import { withoutComments } from "./user-data.ts";

/** What takes the policy engine of k3s away, in text that a server or a command runs: the words, as they stand there. */
export function disablesEnforcement(text: string): readonly string[] {
  const effective = withoutComments(text);
  return switches.flatMap((pattern) => {
    const found = pattern.exec(effective)?.[0];
    return found === undefined ? [] : [found.trim().replace(/^["'{,]+/, "")];
  });
}

/** As an argument, and as a key of config.yaml wherever that is written: in a file, a heredoc, a printf. */
const switches = [
  /--disable-network-policy\b(?!=["']?(?:false|0|f)\b)/i,
  /(?:^|[\s"'{,]|\\n)disable-network-policy["']?\s*:\s*["']?(?:true|1|t)\b/im,
  /--flannel-backend(?:[=\s]+)["']?none\b/,
  /(?:^|[\s"'{,]|\\n)flannel-backend["']?\s*:\s*["']?none\b/m,
  /--no-flannel\b(?!=["']?(?:false|0|f)\b)/i,
];
