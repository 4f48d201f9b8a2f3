import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema.js";
import type { JsonObject } from "../analysis/json.ts";
import type { KubeObject } from "../analysis/objects.ts";
import type { Resource } from "../analysis/resources.ts";
import type { Stack } from "./stack.ts";

export type Level = "mandatory" | "advisory";
export type Severity = "low" | "medium" | "high" | "critical";

/** What every rule says of itself; RULES.md is made of it. */
export interface Description {
  /** Unique, and stable: configuration and exemptions name it. */
  readonly name: string;
  readonly level: Level;
  readonly severity: Severity;
  /** The rule in one sentence: what must be, and why. */
  readonly description: string;
  /** What to write instead, in one sentence; a finding may know better. */
  readonly fix: string;
  /** Where the reason for the rule can be read. */
  readonly url: string;
  /** What a team may set, with defaults; every rule also takes `exemptions`. */
  readonly parameters?: Readonly<Record<string, PolicyConfigJSONSchema>>;
}

/** What a rule found. */
export interface Finding {
  /** What is wrong, with the value where it is no secret. */
  readonly message: string;
  /** What to write instead, where the rule's own `fix` does not say it. */
  readonly fix?: string;
  /** Where in the object or in the resource's properties. */
  readonly path?: readonly (string | number)[];
  /**
   * Nothing is wrong yet, but a value that is not known before `up` decides: the rule holds then. Where access depends on
   * the value, that is no excuse: report it as wrong instead.
   */
  readonly undecided?: boolean;
}

/** What a rule of one object or resource is told besides it. */
export interface Circumstances {
  /** The rule's parameters, defaults filled in. */
  readonly parameters: JsonObject;
  /** What the object is part of: its options and its place in the program. */
  readonly resource: Resource;
}

/** A rule about each Kubernetes object of some kinds: it prevents, since the engine asks before it creates. */
export interface ObjectRule extends Description {
  readonly scope: "object";
  /** As `Cluster.postgresql.cnpg.io`; the core group is left out: `Pod`. */
  readonly kinds: readonly string[];
  readonly judge: (object: KubeObject, circumstances: Circumstances) => readonly Finding[];
}

/** A rule about each resource of some types of another provider: it prevents too. */
export interface ResourceRule extends Description {
  readonly scope: "resource";
  /** Pulumi's type tokens. */
  readonly types: readonly string[];
  readonly judge: (resource: Resource, circumstances: Circumstances) => readonly Finding[];
}

/** A finding of a rule that sees everything, with the object or resource to be mended; without one, the stack's as a whole. */
export interface StackFinding extends Finding {
  readonly subject?: KubeObject | Resource;
}

/**
 * A rule about everything together. The engine asks it at the end of a preview, where it prevents, and at the end of an
 * `up`, where everything is there already and it can only report.
 */
export interface StackRule extends Description {
  readonly scope: "stack";
  readonly judge: (stack: Stack, parameters: JsonObject) => readonly StackFinding[];
}

export type Rule = ObjectRule | ResourceRule | StackRule;
