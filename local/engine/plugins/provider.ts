import type { JsonObject } from "./wire.ts";

/** What every request about a resource says. */
export interface Request {
  urn: string;
  /** Type token, such as `kubernetes:core/v1:Secret`. */
  type: string;
  /** Name in the program. */
  name: string;
}

export interface CheckRequest extends Request {
  /** Inputs of the last deployment; empty for a new resource. */
  olds: JsonObject;
  news: JsonObject;
  /** A name proposed by the project's autonaming settings; `disabled` where they forbid automatic names. */
  autonaming: { proposed?: string; disabled: boolean };
}

export interface DiffRequest extends Request {
  id: string;
  /** State of the last deployment. */
  state: JsonObject;
  news: JsonObject;
  /** Property paths whose changes do not count. */
  ignoreChanges: string[];
}

export interface CreateRequest extends Request {
  inputs: JsonObject;
  /** Seconds; 0 = the plugin's default. */
  timeout: number;
  preview: boolean;
}

export interface UpdateRequest extends DiffRequest {
  timeout: number;
  preview: boolean;
}

export interface ReadRequest extends Request {
  id: string;
  state: JsonObject;
  inputs: JsonObject;
}

export interface DeleteRequest extends Request {
  id: string;
  state: JsonObject;
  timeout: number;
}

export interface Checked {
  inputs: JsonObject;
  failures?: { property: string; reason: string }[];
}

export type ChangeKind = "add" | "delete" | "update";

/** One changed property. */
export interface Change {
  kind: ChangeKind;
  /** Whether this change alone forces a replacement. */
  replace: boolean;
}

export interface Difference {
  /** By property path, such as `spec.ports[0].port`. */
  changes: Record<string, Change>;
  /** Delete the old resource before the new one is created. */
  deleteBeforeReplace: boolean;
}

/** The resource is there, but not as it should be: the engine keeps its state and tries again next time. */
export class PartialFailure extends Error {
  override readonly name = "PartialFailure";
  readonly id: string;
  readonly state: JsonObject;
  readonly inputs: JsonObject;
  readonly reasons: string[];

  constructor(message: string, resource: { id: string; state: JsonObject; inputs: JsonObject; reasons: string[] }) {
    super(message);
    this.id = resource.id;
    this.state = resource.state;
    this.inputs = resource.inputs;
    this.reasons = resource.reasons;
  }
}

/** What a provider plugin does, in terms of the engine. Property bags may hold secrets and, in previews, unknowns. */
export interface Provider {
  version: string;
  diffConfig(olds: JsonObject, news: JsonObject): Difference;
  /** @param variables flat configuration, by `package:config:key` */
  configure(variables: Map<string, string>): Promise<void>;
  check(request: CheckRequest): Promise<Checked>;
  diff(request: DiffRequest): Promise<Difference>;
  create(request: CreateRequest): Promise<{ id: string; state: JsonObject }>;
  /** Undefined where the resource is gone. */
  read(request: ReadRequest): Promise<{ id: string; state: JsonObject; inputs: JsonObject } | undefined>;
  update(request: UpdateRequest): Promise<JsonObject>;
  delete(request: DeleteRequest): Promise<void>;
  /** Ends whatever is waiting. */
  cancel(): void;
}
