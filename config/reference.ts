import { z } from "zod";
import { schema } from "./schema.ts";

/** The parts of a JSON Schema that the reference shows. */
interface Node {
  type?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Node>;
  required?: string[];
  items?: Node;
  anyOf?: Node[];
}

const INTRODUCTION = `# Configuration reference

Keys of \`Pulumi.<stack>.yaml\` below \`hcloud-postgres:\`. Unknown keys are refused. First each value is looked at by itself,
then what they say together; either time everything that is wrong comes in one error.

Secrets are keys of their own, set with \`pulumi config set --secret KEY\`:

| secret | needed |
| --- | --- |
| \`kubeconfig\` | without \`cluster.hetzner\`: the content of a kubeconfig file |
| \`hcloudToken\` | with \`cluster.hetzner\`: a token of the Hetzner project, read and write |
| \`clusterHcloudToken\` | optional: a second token of the project, for the cluster's own controllers, so that each can be revoked alone |
| \`etcdS3AccessKey\`, \`etcdS3SecretKey\` | with \`cluster.hetzner.etcdS3Backup\` |

| key | meaning | default |
| --- | --- | --- |
`;

/** docs/config.md, from the schema that also checks the values. */
export function reference(): string {
  const root = z.toJSONSchema(schema, { io: "input" }) as Node;
  return `${INTRODUCTION}${rows("", root).join("\n")}\n`;
}

function rows(path: string, node: Node): string[] {
  const object = alternative(node);
  const inner = Object.entries(object.properties ?? {}).flatMap(([name, child]) => {
    const key = path === "" ? name : `${path}.${name}`;
    return [row(key, child, object.required?.includes(name) === true), ...rows(key, child)];
  });
  const items = object.items && alternative(object.items).properties ? rows(`${path}[]`, object.items) : [];
  return [...inner, ...items];
}

function row(key: string, node: Node, required: boolean): string {
  const choices = node.enum?.map((value) => `\`${String(value)}\``).join(", ");
  const meaning = [node.description ?? "", ...(choices === undefined ? [] : [`One of ${choices}.`])].join(" ").trim();
  return `| \`${key}\` | ${meaning} | ${required ? "required" : shown(node)} |`;
}

function shown(node: Node): string {
  const value = node.default;
  const isNested = alternative(node).properties !== undefined;
  return value === undefined || isNested ? "" : `\`${JSON.stringify(value)}\``;
}

/** The object among the alternatives of a nullable one. */
function alternative(node: Node): Node {
  return node.anyOf?.find(({ properties }) => properties) ?? node;
}
