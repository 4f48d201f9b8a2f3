import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import { camelCase, kubeHetznerAdvice, type Place } from "./hetzner/vocabulary.ts";

/** One thing that is wrong: where, what, and what to do. */
export interface Problem {
  /** Dotted path below the project's namespace, like `database.instances`. */
  key: string;
  /** What was found there. */
  got: unknown;
  expected: string;
  /** What to change. */
  fix: string;
}

/** All problems as the text of one error: a line each, "hcloud-postgres:database.instances: got 0, expected …; fix: …". */
export function explain(project: string, problems: readonly Problem[]): string {
  const lines = problems.map((problem) => `  ${project}:${statement(problem)}`);
  const count = problems.length === 1 ? "1 problem" : `${String(problems.length)} problems`;
  return [`${count}, nothing was changed:`, ...lines].join("\n");
}

/** A problem in a line: "database.instances: got 0, expected …; fix: …". */
export function statement({ key, got, expected, fix }: Problem): string {
  const found = got === undefined ? "nothing" : JSON.stringify(got);
  return `${key}: got ${found}, expected ${expected}; fix: ${fix}`;
}

/** The problems that `schema` found in `value`; an unknown key comes with the nearest known one. */
export function problemsOf(error: z.ZodError, value: unknown, schema: z.ZodType): Problem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => unknownKey([...issue.path, key], value, schema));
    }
    const key = dotted(issue.path);
    const got = at(value, issue.path);
    const isBare =
      issue.code === "invalid_type" && issue.expected === "string" && ["number", "boolean"].includes(typeof got);
    return [{ key, got, expected: expectation(issue), fix: isBare ? `put ${key} in quotes` : `correct ${key}` }];
  });
}

function unknownKey(path: PropertyKey[], value: unknown, schema: z.ZodType): Problem {
  const parent = path.slice(0, -1);
  const name = String(path.at(-1));
  const known = keysAt(schema, parent);
  const got = at(value, path);
  const place = kubeHetznerPlace(parent);
  const advice = place && kubeHetznerAdvice({ name, value: got, known }, place);
  const nearest = nearestOf(name, known);
  const meant = nearest === undefined ? "" : `did you mean ${dotted([...parent, nearest])}? Otherwise `;
  return {
    key: dotted(path),
    got,
    expected: `one of the known keys (${known.join(", ")})`,
    fix: advice ?? `${meant}remove ${dotted(path)}`,
  };
}

/** The known key that a name is a slip or another spelling of: no more than a third of it differs. */
function nearestOf(name: string, known: readonly string[]): string | undefined {
  const spelled = camelCase(name);
  const nearest = closest(spelled, known);
  return distance(spelled, nearest) <= spelled.length / 3 ? nearest : undefined;
}

/** Where the keys there are kube-hetzner's. */
function kubeHetznerPlace([cluster, kind, list, index, ...deeper]: readonly PropertyKey[]): Place | undefined {
  if (cluster !== "cluster" || deeper.length > 0) return undefined;
  if (list === undefined) return kind === "hetzner" ? "cluster" : kind === "kubeHetzner" ? "declared" : undefined;
  return kind === "hetzner" && /Nodepools$/.test(String(list)) && typeof index === "number" ? "pool" : undefined;
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return /^[aeio]/.test(issue.expected) ? `an ${issue.expected}` : `a ${issue.expected}`;
    case "invalid_value":
      return issue.values.map((value) => JSON.stringify(value)).join(" or ");
    case "too_small":
      return `at least ${amount(issue.minimum, issue.origin)}`;
    case "too_big":
      return `at most ${amount(issue.maximum, issue.origin)}`;
    case "invalid_key":
      return issue.issues[0]?.message ?? issue.message;
    default:
      return issue.message;
  }
}

function amount(number: number | bigint, origin: string): string {
  const isOne = Number(number) === 1;
  if (origin === "string") return `${String(number)} ${isOne ? "character" : "characters"}`;
  if (origin === "array") return `${String(number)} ${isOne ? "entry" : "entries"}`;
  return String(number);
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), value);
}

function isRecord(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === "object" && value !== null;
}

/** `clients[0].role` for ["clients", 0, "role"]. */
function dotted(path: readonly PropertyKey[]): string {
  return path.reduce<string>((joined, key) => {
    if (typeof key === "number") return `${joined}[${String(key)}]`;
    // A line break in a key would break the line that names it.
    const name = JSON.stringify(String(key)).slice(1, -1);
    return joined === "" ? name : `${joined}.${name}`;
  }, "");
}

/** The keys that the object at `path` may have, read off the JSON Schema of `schema`. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const root = z.toJSONSchema(schema, { io: "input" }) as JsonSchema;
  const node = path.reduce<JsonSchema>((inner, key) => {
    const object = inner.anyOf?.find((option) => option.properties) ?? inner;
    return (typeof key === "number" ? object.items : object.properties?.[String(key)]) ?? {};
  }, root);
  return Object.keys((node.anyOf?.find((option) => option.properties) ?? node).properties ?? {});
}

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
}
