/** A word of k3s' command line, `--flag` or `--flag=value`, in parts. */
export interface Flag {
  name: string;
  value?: string;
}

/** Words of a command line, as far as k3s' arguments need it. */
export function words(line: string): string[] {
  return line.split(/\s+/).filter((word) => word !== "");
}

/** A word of a command line as a flag; undefined for any other word. */
export function parsedFlag(word: string): Flag | undefined {
  const [, name, value] = /^--?([a-z0-9][a-z0-9-]*)(?:=(.*))?$/s.exec(word) ?? [];
  return name === undefined ? undefined : { name, ...(value !== undefined && { value }) };
}

/**
 * Name of the flag that a key of k3s' config.yaml stands for: `node-label+` adds to node-label.
 * Source: k3s, pkg/configfilearg/parser.go, readConfigFile.
 */
export function flagOfKey(key: string): string {
  return key.replace(/\++$/, "");
}
