import { ApiError, KubeClient, NoKindMatch, Unreachable, isNotFound } from "../../../../kube/client.ts";
import { text } from "./objects.ts";
import type { Settings } from "./settings.ts";
import type { Json, JsonObject } from "../wire.ts";

/** Whom the fields of created objects belong to until the first update. */
export const CREATE_MANAGER = "pulumi-kubernetes";

/** How an object is written. */
export interface Write {
  /** Let the API server validate, and store nothing. */
  dryRun: boolean;
}

/** The plugin's few operations on a cluster, on plain JSON objects. */
export class Cluster {
  readonly client: KubeClient;

  constructor({ kubeconfig, context }: Pick<Settings, "kubeconfig" | "context">) {
    this.client = new KubeClient(kubeconfig, context);
  }

  /** Why the cluster cannot be used; undefined where it can. */
  async whyUnusable(): Promise<string | undefined> {
    try {
      await this.client.request("GET", "/api/v1", { timeout: 10_000 });
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  get(object: JsonObject): Promise<JsonObject | undefined> {
    return this.client.get(reference(object)) as Promise<JsonObject | undefined>;
  }

  async list(apiVersion: string, kind: string, namespace: string): Promise<JsonObject[]> {
    return (await this.client.list({ apiVersion, kind, namespace })) as unknown as JsonObject[];
  }

  async create(object: JsonObject, { dryRun }: Write): Promise<JsonObject> {
    const path = await this.client.path({ ...reference(object), name: undefined });
    const query = { fieldManager: CREATE_MANAGER, ...dryRunQuery(dryRun) };
    return (await this.client.request("POST", path, { body: object, query })) as JsonObject;
  }

  /** Server-side apply; fields of others are refused (conflict) unless forced. */
  async apply(object: JsonObject, manager: string, { dryRun, force }: Write & { force: boolean }): Promise<JsonObject> {
    return (await this.client.request("PATCH", await this.#path(object), {
      body: object,
      contentType: "application/apply-patch+yaml",
      query: { fieldManager: manager, force: String(force), ...dryRunQuery(dryRun) },
    })) as JsonObject;
  }

  /** Replaces the whole object. */
  async replace(object: JsonObject, manager: string, { dryRun }: Write): Promise<JsonObject> {
    const query = { fieldManager: manager, ...dryRunQuery(dryRun) };
    return (await this.client.request("PUT", await this.#path(object), { body: object, query })) as JsonObject;
  }

  /** JSON patch. */
  async patch(object: JsonObject, operations: Json[]): Promise<JsonObject> {
    const path = await this.#path(object);
    const contentType = "application/json-patch+json";
    return (await this.client.request("PATCH", path, { body: operations, contentType })) as JsonObject;
  }

  /** Asks for deletion in the foreground: the object stays until what it owns is gone. */
  async delete(object: JsonObject, propagationPolicy: string): Promise<void> {
    const body = { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy };
    await this.client.request("DELETE", await this.#path(object), { body });
  }

  /** Whether the cluster serves the object's kind. */
  async serves(object: JsonObject): Promise<boolean> {
    try {
      await this.client.path({ ...reference(object), name: undefined });
      return true;
    } catch (error) {
      if (error instanceof NoKindMatch || error instanceof Unreachable) return false;
      throw error;
    }
  }

  async isNamespaced(object: JsonObject): Promise<boolean> {
    return this.client.isNamespaced(reference(object));
  }

  #path(object: JsonObject): Promise<string> {
    return this.client.path(reference(object));
  }
}

/** Whether something that the request needs is not there: the kind, the namespace, or the object itself. */
export function isMissing(error: unknown): boolean {
  return error instanceof NoKindMatch || isNotFound(error);
}

export function isAlreadyExists(error: unknown): boolean {
  return error instanceof ApiError && error.reason === "AlreadyExists";
}

export function isForbidden(error: unknown): boolean {
  return error instanceof ApiError && error.status === 403;
}

function reference(object: JsonObject) {
  const namespace = text(object, "metadata", "namespace");
  return {
    apiVersion: text(object, "apiVersion"),
    kind: text(object, "kind"),
    namespace: namespace === "" ? undefined : namespace,
    name: text(object, "metadata", "name"),
  };
}

function dryRunQuery(dryRun: boolean): Record<string, string> {
  return dryRun ? { dryRun: "All" } : {};
}
