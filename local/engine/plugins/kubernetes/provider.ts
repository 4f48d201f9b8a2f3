import { problemsNow } from "./await/wait.ts";
import { isAutonamed, namedObject, refuseUnserved } from "./check.ts";
import { prune, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { Cluster } from "./cluster.ts";
import { changedProperties, withoutIgnored } from "./diff.ts";
import { forceNewPaths } from "./force-new.ts";
import { asObject, markSecrets, normalize } from "./normalize.ts";
import { idOf, kindOf, text, without, withMetadata } from "./objects.ts";
import { Scopes } from "./scope.ts";
import { usable, type Session } from "./session.ts";
import { diffSettings, readSettings } from "./settings.ts";
import { create, remove, update } from "./write.ts";
import type { EngineLog } from "../log.ts";
import {
  PartialFailure,
  type Checked,
  type CheckRequest,
  type CreateRequest,
  type DeleteRequest,
  type Difference,
  type DiffRequest,
  type Provider,
  type ReadRequest,
  type UpdateRequest,
} from "../provider.ts";
import { isUnknown, type JsonObject } from "../wire.ts";

/** Serves Kubernetes objects as pulumi-resource-kubernetes does, one plain JSON object at a time. */
export class KubernetesProvider implements Provider {
  readonly version: string;
  readonly #log: EngineLog;
  readonly #scopes = new Scopes();
  readonly #cancelled = new AbortController();
  #configured: Session | undefined;

  constructor(version: string, log: EngineLog) {
    this.version = version;
    this.#log = log;
  }

  diffConfig(olds: JsonObject, news: JsonObject): Difference {
    return diffSettings(olds, news);
  }

  async configure(variables: Map<string, string>): Promise<void> {
    const settings = readSettings(variables);
    const cluster = new Cluster(settings);
    const unusable = await cluster.whyUnusable();
    this.#configured = { settings, cluster, unusable, cancelled: this.#cancelled.signal, log: this.#log };
  }

  async check(request: CheckRequest): Promise<Checked> {
    refuseUnserved(request.type);
    if (isUnknown(request.news["metadata"])) return { inputs: request.news };
    const named = namedObject(request);
    if (kindOf(named) === "apiextensions.k8s.io/v1/CustomResourceDefinition") this.#scopes.define(named);
    const homeless = text(named, "metadata", "namespace") === "" && (await this.#isNamespaced(named));
    const object = homeless ? withMetadata(named, { namespace: this.#session.settings.namespace }) : named;
    return { inputs: markSecrets(object, request.news) };
  }

  async diff({ state, news, ignoreChanges }: DiffRequest): Promise<Difference> {
    const { inputs, live } = readCheckpoint(state);
    const [oldInputs, wanted] = [normalize(inputs), normalize(asObject(news))];
    const namespace = (await this.#isNamespaced(wanted))
      ? text(wanted, "metadata", "namespace") || "default"
      : undefined;
    const newInputs = withMetadata(wanted, { namespace });
    const name = text(live, "metadata", "name");
    const liveNamespace = text(live, "metadata", "namespace");
    const before = withMetadata(prune(live, oldInputs), {
      ...(text(newInputs, "metadata", "name") !== "" && { name }),
      namespace: namespace && (liveNamespace || "default"),
    });
    const forceNew = forceNewPaths(newInputs, this.#session.settings);
    const all = changedProperties({ live: before, oldInputs, newInputs, forceNew });
    const changes = withoutIgnored(all, ignoreChanges);
    const samePlace =
      !isAutonamed(newInputs) &&
      text(newInputs, "metadata", "name") === name &&
      text(newInputs, "metadata", "namespace") === liveNamespace;
    return { changes, deleteBeforeReplace: samePlace && Object.values(changes).some(({ replace }) => replace) };
  }

  create(request: CreateRequest): Promise<{ id: string; state: JsonObject }> {
    return create(this.#session, request);
  }

  update(request: UpdateRequest): Promise<JsonObject> {
    return update(this.#session, request);
  }

  delete(request: DeleteRequest): Promise<void> {
    return remove(this.#session, request);
  }

  async read({ id, type, state, inputs }: ReadRequest) {
    const cluster = usable(this.#session);
    const { live: known, fieldManager } = readCheckpoint(state);
    const old = normalize(asObject(inputs));
    const [, namespace, name = ""] = /^(?:([^/]+)\/)?([^/]+)$/.exec(id) ?? [];
    const address = withMetadata(kindOf(known) === "/" ? kindOfType(type) : kindOnly(known), { namespace, name });
    const live = (await cluster.serves(address)) ? await cluster.get(address) : undefined;
    if (live === undefined) return undefined;

    const adopted = Object.keys(old).length === 0;
    const found = adopted ? without(normalize(live), "status") : prune(live, old);
    const result = {
      id: id || idOf(live),
      state: writeCheckpoint({ inputs: found, live, fieldManager }, inputs),
      inputs: markSecrets(found, inputs),
    };
    const reasons = adopted ? undefined : await problemsNow(cluster, live, old);
    if (reasons === undefined) return result;
    throw new PartialFailure(`Resource '${name}' was created but failed to initialize`, { ...result, reasons });
  }

  cancel(): void {
    this.#cancelled.abort();
  }

  get #session(): Session {
    if (this.#configured === undefined) throw new Error("the Kubernetes provider is not configured");
    return this.#configured;
  }

  /** Where nobody can tell yet, because the kind's definition is not there, a kind is taken for a namespaced one. */
  async #isNamespaced(object: JsonObject): Promise<boolean> {
    const known = this.#scopes.isNamespaced(object);
    return known ?? this.#session.cluster.isNamespaced(object).catch(() => true);
  }
}

function kindOnly(object: JsonObject): JsonObject {
  return { apiVersion: text(object, "apiVersion"), kind: text(object, "kind") };
}

function kindOfType(type: string): JsonObject {
  const [, apiVersion = "", kind = ""] = type.split(":");
  return { apiVersion: apiVersion.replace(/^core\//, ""), kind };
}
