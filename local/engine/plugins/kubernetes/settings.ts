import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isDeepStrictEqual } from "node:util";
import { KubeConfig } from "@kubernetes/client-node";
import type { Change, Difference } from "../provider.ts";
import { isUnknown, plainObject, type Json, type JsonObject } from "../wire.ts";

/** Configuration of the provider, as far as it is served here. */
export interface Settings {
  /** Content of the kubeconfig; that of this machine where the program gives none. */
  kubeconfig: string;
  /** Context to use instead of the kubeconfig's current one. */
  context: string | undefined;
  /** Namespace for namespaced objects that name none. */
  namespace: string;
  enableSecretMutable: boolean;
  enableConfigMapMutable: boolean;
  enablePatchForce: boolean;
}

/** Reads the variables of `Configure`. */
export function readSettings(variables: Map<string, string>): Settings {
  const get = (key: string) => variables.get(`kubernetes:config:${key}`) || undefined;
  const flag = (key: string, variable: string) => (get(key) ?? process.env[variable]) === "true";
  if (get("cluster") !== undefined) throw new Error("kubernetes:cluster: not served by this stand-in; use context");
  const kubeconfig = kubeconfigContent(get("kubeconfig"));
  const context = get("context");
  return {
    kubeconfig,
    context,
    namespace: get("namespace") ?? contextNamespace(kubeconfig, context) ?? "default",
    enableSecretMutable: flag("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
    enableConfigMapMutable: flag("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
    enablePatchForce: flag("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
  };
}

/**
 * What a change of the provider's configuration means: another active cluster replaces it, and so does one that is unknown yet,
 * unless a `clusterIdentifier` says that the cluster is the same.
 */
export function diffSettings(oldConfig: JsonObject, newConfig: JsonObject): Difference {
  const [olds, news] = [plainObject(oldConfig), plainObject(newConfig)];
  const keys = new Set([...Object.keys(olds), ...Object.keys(news)]);
  const changed = [...keys].filter((key) => !isDeepStrictEqual(olds[key], news[key]));
  const identified = news["clusterIdentifier"] !== undefined && !changed.includes("clusterIdentifier");
  const replacing = identified ? [] : replacingKeys(changed, olds, news);
  const changes = changed.map((key): [string, Change] => [
    key,
    { kind: changeKind(olds[key], news[key]), replace: replacing.includes(key) },
  ]);
  return { changes: Object.fromEntries(changes), deleteBeforeReplace: false };
}

function changeKind(before: Json | undefined, after: Json | undefined): Change["kind"] {
  if (before === undefined) return "add";
  return after === undefined ? "delete" : "update";
}

function replacingKeys(changed: string[], olds: JsonObject, news: JsonObject): string[] {
  const identifier = olds["clusterIdentifier"] !== undefined && news["clusterIdentifier"] !== undefined;
  const byIdentifier = identifier && changed.includes("clusterIdentifier") ? ["clusterIdentifier"] : [];
  const addressing = ["kubeconfig", "context", "cluster"].filter((key) => changed.includes(key));
  const unknown = addressing.filter((key) => isUnknown(news[key]));
  if (unknown.length > 0) return [...byIdentifier, ...unknown];
  const [before, after] = [activeCluster(olds), activeCluster(news)];
  const moved = before !== undefined && after !== undefined && !isDeepStrictEqual(before, after);
  return [...byIdentifier, ...(moved ? addressing : [])];
}

function activeCluster(config: JsonObject): unknown {
  const { kubeconfig, context, cluster } = config;
  if (typeof kubeconfig !== "string" || kubeconfig === "") return undefined;
  const parsed = parse(kubeconfigContent(kubeconfig));
  if (typeof context === "string") parsed?.setCurrentContext(context);
  return typeof cluster === "string" ? parsed?.getCluster(cluster) : parsed?.getCurrentCluster();
}

/** The provider takes a path or the content itself. */
function kubeconfigContent(pathOrContent: string | undefined): string {
  if (pathOrContent === undefined) {
    const ambient = new KubeConfig();
    ambient.loadFromDefault();
    return ambient.exportConfig();
  }
  const path = pathOrContent.replace(/^~(?=\/|$)/, homedir());
  return !path.includes("\n") && existsSync(path) ? readFileSync(path, "utf8") : pathOrContent;
}

function contextNamespace(kubeconfig: string, context: string | undefined): string | undefined {
  const config = parse(kubeconfig);
  return config?.getContextObject(context ?? config.getCurrentContext())?.namespace;
}

function parse(kubeconfig: string): KubeConfig | undefined {
  try {
    const config = new KubeConfig();
    config.loadFromString(kubeconfig);
    return config;
  } catch {
    return undefined;
  }
}
