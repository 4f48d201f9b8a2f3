import https from "node:https";
import { KubeConfig } from "@kubernetes/client-node";
import { describe, refOf, type KubeObject, type ObjectRef } from "./objects.ts";

/** An answer of the API server other than 2xx. `reason` is Kubernetes' own (NotFound, AlreadyExists, Invalid, …). */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

/** True for the API server's "no such object". */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** The cluster does not serve this apiVersion and kind (its CustomResourceDefinition is missing, for one). */
export class NoKindMatch extends Error {
  override readonly name = "NoKindMatch";

  constructor(ref: ObjectRef) {
    super(`no matches for kind "${ref.kind}" in version "${ref.apiVersion}"`);
  }
}

/** No answer at all: refused, unreachable, an unknown certificate authority, or out of time. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

export interface RequestOptions {
  /** JSON body. */
  body?: unknown;
  /** Content type of the body; `application/json` unless it is a patch. */
  contentType?: string;
  query?: Record<string, string>;
  /** Milliseconds without an answer after which the request is given up; default 30,000. */
  timeout?: number;
}

export interface WriteOptions {
  /** Let the API server run admission and validation, and store nothing. */
  dryRun?: boolean;
  fieldManager?: string;
}

export interface ListOptions {
  labelSelector?: string;
  fieldSelector?: string;
}

interface ApiResource {
  name: string;
  kind: string;
  namespaced: boolean;
}

interface ObjectList {
  items: KubeObject[];
}

const FIELD_MANAGER = "hcloud-postgres";

/** A small client of the Kubernetes API in plain JSON: what is sent and received is never reshaped by generated models. */
export class KubeClient {
  readonly config: KubeConfig;
  /** URL of the API server. */
  readonly server: string;
  /** Once it is aborted, nothing more is asked, and what is under way is given up. */
  readonly signal: AbortSignal | undefined;
  readonly #agent = new https.Agent({ keepAlive: true });
  readonly #resources = new Map<string, Promise<ApiResource[]>>();

  /**
   * @param kubeconfig content of a kubeconfig file
   * @param context name of the context to use; the file's current one when left out
   * @param signal ends the client's work when it is aborted
   * @throws Error when the content is no kubeconfig, or lacks the context or its cluster
   */
  constructor(kubeconfig: string, context?: string, signal?: AbortSignal) {
    this.signal = signal;
    this.config = new KubeConfig();
    this.config.loadFromString(kubeconfig);
    if (context !== undefined) this.config.setCurrentContext(context);
    const cluster = this.config.getCurrentCluster();
    if (!cluster) {
      const current = this.config.getCurrentContext();
      throw new Error(`kubeconfig: ${current ? `context "${current}" names no cluster` : "it has no current context"}`);
    }
    this.server = cluster.server;
  }

  /**
   * One request to the API server; answers the parsed JSON (or the text, where it is none).
   * @throws ApiError when the server answers with an error, Unreachable when it does not answer
   */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<unknown> {
    return parse(await this.text(method, path, options));
  }

  /** Like {@link request}, for an answer that is text, a log for one. */
  async text(method: string, path: string, options: RequestOptions = {}): Promise<string> {
    const url = new URL(this.server.replace(/\/$/, "") + path);
    for (const [key, value] of Object.entries(options.query ?? {})) url.searchParams.set(key, value);
    const tls: https.RequestOptions = { agent: this.#agent, headers: {} };
    await this.config.applyToHTTPSOptions(tls);
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const headers = {
      ...(tls.headers as Record<string, string>),
      accept: "application/json",
      ...(body !== undefined && {
        "content-type": options.contentType ?? "application/json",
        // Without it Node.js sends the body of a DELETE in a way that servers take for none.
        "content-length": String(Buffer.byteLength(body)),
      }),
    };
    const timeout = options.timeout ?? 30_000;
    const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const fail = (error: Error) => {
        reject(new Unreachable(`${method} ${url.origin}${path}: ${error.message || error.name}`, { cause: error }));
      };
      const { signal } = this;
      const request = https.request(url, { ...tls, method, headers, timeout, signal }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", fail);
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
        });
      });
      request.on("timeout", () => request.destroy(new Error(`no answer within ${String(timeout / 1000)} s`)));
      request.on("error", fail);
      request.end(body);
    });
    if (status >= 200 && status < 300) return text;
    const { message, reason } = parse(text) as { message?: string; reason?: string };
    throw new ApiError(status, reason ?? "Unknown", message ?? `${method} ${path}: HTTP ${String(status)} ${text}`);
  }

  /** The same client, until the signal is aborted. */
  until(signal: AbortSignal): KubeClient {
    return new KubeClient(this.config.exportConfig(), undefined, signal);
  }

  /** A client of the same cluster that has this bearer token and no other credential. */
  withToken(token: string): KubeClient {
    const cluster = this.config.getCurrentCluster();
    if (!cluster) throw new Error("kubeconfig: the current context names no cluster");
    const config = new KubeConfig();
    config.loadFromClusterAndUser(cluster, { name: "token", token });
    return new KubeClient(config.exportConfig(), undefined, this.signal);
  }

  /** The same, as another user, known to nobody or not; takes the right to impersonate it. */
  actingAs(impersonateUser: string): KubeClient {
    const [cluster, user] = [this.config.getCurrentCluster(), this.config.getCurrentUser()];
    if (!cluster || !user) throw new Error("kubeconfig: the current context names no cluster and user");
    const config = new KubeConfig();
    config.loadFromClusterAndUser(cluster, { ...user, impersonateUser });
    return new KubeClient(config.exportConfig(), undefined, this.signal);
  }

  /** The object, or undefined where there is none. */
  async get(ref: ObjectRef): Promise<KubeObject | undefined> {
    try {
      return (await this.request("GET", await this.path(ref))) as KubeObject;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Every object of the kind, in the namespace or (without one) in the cluster. */
  async list(ref: ObjectRef, options: ListOptions = {}): Promise<KubeObject[]> {
    const { items } = (await this.request("GET", await this.path(ref), { query: { ...options } })) as ObjectList;
    return items.map((item) => ({ ...item, apiVersion: ref.apiVersion, kind: ref.kind }));
  }

  /** Plain create; AlreadyExists is an error. */
  async create(object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    const path = await this.path({ ...refOf(object), name: undefined });
    return (await this.request("POST", path, { body: object, query: writeQuery(options) })) as KubeObject;
  }

  /** Server-side apply, taking over fields that another manager holds. */
  async apply(object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    return (await this.request("PATCH", await this.path(refOf(object)), {
      body: object,
      contentType: "application/apply-patch+yaml",
      query: { ...writeQuery(options), force: "true" },
    })) as KubeObject;
  }

  /** JSON merge patch; with `subresource`, of that part only (`status`, `scale`). */
  async mergePatch(ref: ObjectRef, patch: unknown, subresource?: string): Promise<KubeObject> {
    const path = (await this.path(ref)) + (subresource === undefined ? "" : `/${subresource}`);
    return (await this.request("PATCH", path, {
      body: patch,
      contentType: "application/merge-patch+json",
    })) as KubeObject;
  }

  /** Asks for deletion; true unless the object was already gone. Does not wait for finalizers: see `untilGone`. */
  async delete(ref: ObjectRef, options: { gracePeriodSeconds?: number } = {}): Promise<boolean> {
    try {
      const body = { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Background", ...options };
      await this.request("DELETE", await this.path(ref), { body });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  /**
   * Path of an object or collection, by the server's own discovery.
   * @throws NoKindMatch when the server does not serve the kind
   */
  async path(ref: ObjectRef): Promise<string> {
    const base = ref.apiVersion.includes("/") ? `/apis/${ref.apiVersion}` : `/api/${ref.apiVersion}`;
    const find = async () =>
      (await this.#discover(base)).find(({ kind, name }) => kind === ref.kind && !name.includes("/"));
    let resource = await find();
    if (!resource) {
      // The kind may have been defined since the last look.
      this.#resources.delete(base);
      resource = await find();
    }
    if (!resource) throw new NoKindMatch(ref);
    if (resource.namespaced && ref.namespace === undefined && ref.name !== undefined) {
      throw new Error(`${describe(ref)}: a ${ref.kind} lives in a namespace, and none is given`);
    }
    const scope = resource.namespaced && ref.namespace !== undefined ? `/namespaces/${ref.namespace}` : "";
    return `${base}${scope}/${resource.name}${ref.name === undefined ? "" : `/${ref.name}`}`;
  }

  /** Whether objects of the kind live in namespaces. */
  async isNamespaced(ref: ObjectRef): Promise<boolean> {
    const path = await this.path({ apiVersion: ref.apiVersion, kind: ref.kind, namespace: "any" });
    return path.includes("/namespaces/any/");
  }

  async #discover(base: string): Promise<ApiResource[]> {
    let known = this.#resources.get(base);
    if (!known) {
      known = this.request("GET", base).then(
        (answer) => (answer as { resources: ApiResource[] }).resources,
        (error: unknown) => {
          this.#resources.delete(base);
          if (isNotFound(error)) return [];
          throw error;
        },
      );
      this.#resources.set(base, known);
    }
    return known;
  }
}

function writeQuery(options: WriteOptions): Record<string, string> {
  return {
    fieldManager: options.fieldManager ?? FIELD_MANAGER,
    ...(options.dryRun === true ? { dryRun: "All" } : {}),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
