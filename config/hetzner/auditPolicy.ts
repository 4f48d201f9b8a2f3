import { parse } from "yaml";
import type { Problem } from "../problems.ts";

const API = "audit.k8s.io/v1";
const LEVELS = ["None", "Metadata", "Request", "RequestResponse"];

/**
 * What an API server refuses to start with. Source: Kubernetes, k8s.io/apiserver, pkg/audit/policy/reader.go and
 * pkg/apis/audit/validation/validation.go.
 */
export function auditPolicyProblems(text: string | undefined): Problem[] {
  if (text === undefined) return [];
  const problem = (got: unknown, expected: string, fix: string): Problem[] => [
    { key: "auditPolicyConfig", got, expected, fix },
  ];
  const policy = parsed(text);
  if (!isRecord(policy)) return problem(excerpt(text), `a Policy of ${API} as YAML`, "give the file's content");
  const { apiVersion, kind, rules } = policy;
  if (apiVersion !== API || kind !== "Policy") {
    return problem({ apiVersion, kind }, `apiVersion ${API} and kind Policy`, "add or correct them");
  }
  if (!Array.isArray(rules) || rules.length === 0) {
    return problem({ rules }, "at least one rule: an API server starts with no empty policy", "add rules");
  }
  return rules.flatMap((rule: unknown, index) => {
    const level = isRecord(rule) ? rule["level"] : undefined;
    if (typeof level === "string" && LEVELS.includes(level)) return [];
    const at = `rules[${String(index)}].level`;
    return problem({ level }, `${at} to be one of ${LEVELS.join(", ")}`, `correct ${at}`);
  });
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The start of a long text, enough to know it again. */
function excerpt(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
