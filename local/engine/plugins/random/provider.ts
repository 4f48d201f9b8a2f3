import { isDeepStrictEqual } from "node:util";
import { kindOf } from "./kinds.ts";
import type {
  Change,
  Checked,
  CheckRequest,
  CreateRequest,
  Difference,
  DiffRequest,
  Provider,
  ReadRequest,
} from "../provider.ts";
import { contains, isUnknown, plainObject, type JsonObject } from "../wire.ts";

/** Serves RandomPassword (without `bcryptHash`) and RandomId as pulumi-resource-random does: any change makes a new value. */
export class RandomProvider implements Provider {
  readonly version: string;

  constructor(version: string) {
    this.version = version;
  }

  diffConfig(): Difference {
    return { changes: {}, deleteBeforeReplace: false };
  }

  configure(): Promise<void> {
    return Promise.resolve();
  }

  check({ type, news }: CheckRequest): Promise<Checked> {
    const inputs = { ...kindOf(type).defaults, ...news };
    const reason = contains(inputs, isUnknown) ? undefined : kindOf(type).refuse(plainObject(inputs));
    return Promise.resolve({ inputs, failures: reason === undefined ? [] : [{ property: "", reason }] });
  }

  diff({ state, news }: DiffRequest): Promise<Difference> {
    const [before, wanted] = [plainObject(state), plainObject(news)];
    const optional = ["keepers", "prefix"].filter((key) => key in before);
    const changed = [...new Set([...Object.keys(wanted), ...optional])].filter(
      (key) => !isDeepStrictEqual(before[key], wanted[key]),
    );
    const changes = changed.map((key): [string, Change] => [
      key,
      { kind: changeKind(key, before, wanted), replace: true },
    ]);
    return Promise.resolve({ changes: Object.fromEntries(changes), deleteBeforeReplace: false });
  }

  create({ type, inputs, preview }: CreateRequest): Promise<{ id: string; state: JsonObject }> {
    if (preview) return Promise.resolve({ id: "", state: inputs });
    const { id, outputs } = kindOf(type).make(plainObject(inputs));
    return Promise.resolve({ id, state: { ...inputs, ...outputs } });
  }

  read({ id, state, inputs }: ReadRequest): Promise<{ id: string; state: JsonObject; inputs: JsonObject }> {
    return Promise.resolve({ id, state, inputs });
  }

  update(): Promise<JsonObject> {
    return Promise.reject(new Error("a random value is replaced, never updated"));
  }

  delete(): Promise<void> {
    return Promise.resolve();
  }

  cancel(): void {
    // Nothing here waits.
  }
}

function changeKind(key: string, before: JsonObject, wanted: JsonObject): Change["kind"] {
  if (!(key in before)) return "add";
  return key in wanted ? "update" : "delete";
}
