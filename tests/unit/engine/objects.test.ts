import { describe, expect, test } from "vitest";
import { namedObject, refuseUnserved } from "../../../local/engine/plugins/kubernetes/check.ts";
import { prune, readCheckpoint, writeCheckpoint } from "../../../local/engine/plugins/kubernetes/checkpoint.ts";
import { changedProperties, withoutIgnored, type Comparison } from "../../../local/engine/plugins/kubernetes/diff.ts";
import { takeover } from "../../../local/engine/plugins/kubernetes/field-managers.ts";
import { forceNewPaths } from "../../../local/engine/plugins/kubernetes/force-new.ts";
import { normalize } from "../../../local/engine/plugins/kubernetes/normalize.ts";
import { sameQuantity } from "../../../local/engine/plugins/kubernetes/quantity.ts";
import { Scopes } from "../../../local/engine/plugins/kubernetes/scope.ts";
import { diffSettings } from "../../../local/engine/plugins/kubernetes/settings.ts";
import { secret, type JsonObject } from "../../../local/engine/plugins/wire.ts";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const frozen = { enableSecretMutable: false, enableConfigMapMutable: false };

function changes(live: JsonObject, newInputs: JsonObject, oldInputs = live, more: Partial<Comparison> = {}) {
  const pruned = prune(live, oldInputs);
  const found = changedProperties({ live: pruned, oldInputs, newInputs, forceNew: [], builtIn: true, ...more });
  return Object.fromEntries(
    Object.entries(found).map(([path, { kind, replace }]) => [path, replace ? `${kind}-replace` : kind]),
  );
}

describe("changes", () => {
  test("are told by path, whatever the keys look like", () => {
    expect(
      changes({ a: 1, b: { "c.d": 2 }, e: [1, { f: 2 }] }, { b: { "c.d": 3 }, e: [1, { f: 3 }, 4], g: 5 }),
    ).toEqual({
      a: "delete",
      'b["c.d"]': "update",
      "e[1].f": "update",
      "e[2]": "add",
      g: "add",
    });
  });

  test("do not include what the cluster added", () => {
    expect(changes({ a: 1, added: 2, list: [1, 2] }, { a: 1, list: [1] }, { a: 1, list: [1] })).toEqual({});
  });

  test("include what the cluster lacks", () => {
    expect(changes({}, { a: 1 }, { a: 1 })).toEqual({ a: "add" });
  });

  test("do not include zero values that the API server leaves out, unless they are new", () => {
    const zero = { a: false, b: {}, c: [], d: "", e: 0, f: null };
    expect(changes({}, zero, zero)).toEqual({});
    expect(changes({}, { a: false }, {})).toEqual({ a: "add" });
  });

  test("of custom objects are told as they are: the API server changes nothing in them", () => {
    expect(changes({}, { a: {} }, { a: {} }, { builtIn: false })).toEqual({ a: "add" });
    const limits = (cpu: string) => ({ limits: { cpu } });
    expect(changes(limits("1"), limits("1000m"), limits("1"), { builtIn: false })).toEqual({ "limits.cpu": "update" });
  });

  test("take an unknown value for a change", () => {
    expect(changes({ a: "x" }, { a: UNKNOWN })).toEqual({ a: "update" });
  });

  test("compare resource amounts by what they amount to, and nothing else", () => {
    const claim = (storage: string) => ({ resources: { requests: { storage } } });
    expect(changes(claim("1Gi"), claim("1024Mi"))).toEqual({});
    expect(changes(claim("1Gi"), claim("2Gi"))).toEqual({ "resources.requests.storage": "update" });
    expect(changes({ data: { size: "1Gi" } }, { data: { size: "1024Mi" } })).toEqual({ "data.size": "update" });
  });

  test("force a replacement below the paths that do, also when they come or go as a whole", () => {
    const forceNew = ["spec.selector", "spec.containers.*.image"];
    const live = { spec: { selector: { a: "1" }, containers: [{ image: "x", name: "n" }] } };
    expect(
      changes(live, { spec: { selector: { a: "2" }, containers: [{ image: "y", name: "m" }] } }, live, { forceNew }),
    ).toEqual({
      "spec.selector.a": "update-replace",
      "spec.containers[0].image": "update-replace",
      "spec.containers[0].name": "update",
    });
    expect(changes(live, {}, live, { forceNew })).toEqual({ spec: "delete-replace" });
  });

  test("can be ignored, with all that is below", () => {
    const found = { "a.b": { kind: "add", replace: false }, "a[0]": { kind: "add", replace: false } } as const;
    expect(withoutIgnored({ ...found, ab: { kind: "add", replace: false } }, ["a"])).toEqual({
      ab: { kind: "add", replace: false },
    });
  });
});

describe("replacements", () => {
  const paths = (object: JsonObject, mutable = frozen) => forceNewPaths(object, mutable);

  test("of Secrets and ConfigMaps follow the provider's settings, and `immutable`", () => {
    const secretObject = { apiVersion: "v1", kind: "Secret" };
    const free = { enableSecretMutable: true, enableConfigMapMutable: true };
    expect(paths(secretObject)).toContain("data");
    expect(paths(secretObject, free)).not.toContain("data");
    expect(paths(secretObject, free)).toContain("type");
    expect(paths({ ...secretObject, immutable: true }, free)).toContain("data");
    expect(paths({ apiVersion: "v1", kind: "ConfigMap" })).toEqual(expect.arrayContaining(["data", "binaryData"]));
    expect(paths({ apiVersion: "v1", kind: "ConfigMap" }, free)).not.toContain("data");
    expect(paths({ apiVersion: "example.com/v1", kind: "Secret" })).toEqual(["metadata.name", "metadata.namespace"]);
  });
});

describe("inputs", () => {
  test("of a Secret become what the API server stores", () => {
    const object = { apiVersion: "v1", kind: "Secret", data: { a: "eA==", b: "eQ==\n" }, stringData: { b: "z" } };
    expect(normalize(object)).toEqual({ apiVersion: "v1", kind: "Secret", data: { a: "eA==", b: "eg==" } });
  });

  test("with unknown values stay as they are", () => {
    const object = { apiVersion: "v1", kind: "Secret", stringData: { a: UNKNOWN } };
    expect(normalize(object)).toEqual(object);
  });

  test("lose what only the API server writes", () => {
    expect(normalize({ metadata: { name: "a", uid: "u", resourceVersion: "1", managedFields: [] } })).toEqual({
      metadata: { name: "a" },
    });
  });

  const request = (news: JsonObject, olds: JsonObject = {}) => ({
    urn: "urn",
    type: "kubernetes:core/v1:ConfigMap",
    name: "cm",
    olds,
    news,
    autonaming: { disabled: false },
  });

  test("without a name get one, and keep it", () => {
    const named = namedObject(request({ apiVersion: "v1", kind: "ConfigMap" })) as { metadata: { name: string } };
    expect(named.metadata.name).toMatch(/^cm-[0-9a-f]{8}$/);
    expect(namedObject(request({}, named as unknown as JsonObject))).toMatchObject({ metadata: named.metadata });
  });

  test("without a name are refused where automatic names are", () => {
    expect(() => namedObject({ ...request({}), autonaming: { disabled: true } })).toThrow("autonaming is disabled");
    expect(namedObject({ ...request({}), autonaming: { disabled: false, proposed: "p" } })).toMatchObject({
      metadata: { name: "p" },
    });
    expect(() => namedObject(request({ metadata: { generateName: "a-" } }))).toThrow("generateName");
  });

  test("of kinds that are not served are refused", () => {
    expect(() => {
      refuseUnserved("kubernetes:helm.sh/v3:Release");
    }).toThrow("stand-in");
    expect(() => {
      refuseUnserved("kubernetes:core/v1:NamespacePatch");
    }).toThrow("stand-in");
    expect(() => {
      refuseUnserved("kubernetes:core/v1:ConfigMapList");
    }).toThrow("one by one");
    expect(() => {
      refuseUnserved("kubernetes:example.com/v1:AllowList");
    }).not.toThrow();
    expect(() => {
      refuseUnserved("kubernetes:core/v1:ConfigMap");
    }).not.toThrow();
  });
});

describe("the state", () => {
  const live = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data: { a: "eA==" } };

  test("is read as it was written, with Kubernetes' own names", () => {
    const schema = { "x-kubernetes-preserve-unknown-fields": true };
    const checkpoint = { inputs: { apiVersion: "v1", schema }, live: { ...live, schema }, fieldManager: "m" };
    const state = writeCheckpoint(checkpoint, {});
    expect(state).toMatchObject({ schema: { x_kubernetes_preserve_unknown_fields: true }, __initialApiVersion: "v1" });
    expect(readCheckpoint(state)).toEqual(checkpoint);
  });

  test("holds the data of a Secret as secrets, whatever the program said", () => {
    const state = writeCheckpoint({ inputs: live, live, fieldManager: "m" }, {});
    expect(state["data"]).toEqual(secret({ a: "eA==" }));
    expect(state["__inputs"]).toMatchObject({ data: secret({ a: "eA==" }) });
  });
});

describe("field managers", () => {
  const entry = (manager: string, operation: string, fields: JsonObject) => ({ manager, operation, fieldsV1: fields });

  test("hand over to the one of the program, with all their fields", () => {
    const others = entry("kube-controller-manager", "Update", { "f:status": {} });
    const object = {
      metadata: {
        resourceVersion: "7",
        managedFields: [
          entry("pulumi-kubernetes", "Update", { "f:data": { "f:a": {} } }),
          entry("kubectl-client-side-apply", "Update", { "f:data": { "f:c": {} } }),
          entry("mine", "Apply", { "f:data": { "f:b": {} } }),
          others,
        ],
      },
    };
    expect(takeover(object, "mine")).toEqual([
      { op: "test", path: "/metadata/resourceVersion", value: "7" },
      {
        op: "replace",
        path: "/metadata/managedFields",
        value: [others, entry("mine", "Apply", { "f:data": { "f:a": {}, "f:b": {}, "f:c": {} } })],
      },
    ]);
  });

  test("need no patch where nothing is to be handed over", () => {
    expect(takeover({ metadata: { managedFields: [entry("mine", "Apply", {})] } }, "mine")).toEqual([]);
  });
});

test("scopes are known of Kubernetes' own kinds and of those that a program defines", () => {
  const scopes = new Scopes();
  expect(scopes.isNamespaced({ apiVersion: "v1", kind: "Namespace" })).toBe(false);
  expect(scopes.isNamespaced({ apiVersion: "apps/v1", kind: "Deployment" })).toBe(true);
  expect(scopes.isNamespaced({ apiVersion: "example.com/v1", kind: "Widget" })).toBeUndefined();
  scopes.define({ spec: { group: "example.com", scope: "Cluster", names: { kind: "Widget" } } });
  expect(scopes.isNamespaced({ apiVersion: "example.com/v1", kind: "Widget" })).toBe(false);
});

test("quantities are the same in any notation", () => {
  expect(sameQuantity("1024Mi", "1Gi")).toBe(true);
  expect(sameQuantity("1000m", 1)).toBe(true);
  expect(sameQuantity("0.1", "100m")).toBe(true);
  expect(sameQuantity("1G", "1Gi")).toBe(false);
  expect(sameQuantity("one", "one")).toBe(false);
});

describe("the provider's configuration", () => {
  const kubeconfig = (server: string, token = "t") =>
    JSON.stringify({
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
      clusters: [{ name: "k", cluster: { server } }],
      users: [{ name: "u", user: { token } }],
    });
  const replaced = (olds: JsonObject, news: JsonObject) =>
    Object.entries(diffSettings(olds, news).changes).map(([key, { replace }]) => (replace ? `${key}!` : key));

  test("replaces the provider for another cluster, not for another user", () => {
    expect(replaced({ kubeconfig: kubeconfig("https://a") }, { kubeconfig: kubeconfig("https://b") })).toEqual([
      "kubeconfig!",
    ]);
    expect(replaced({ kubeconfig: kubeconfig("https://a") }, { kubeconfig: kubeconfig("https://a", "x") })).toEqual([
      "kubeconfig",
    ]);
    expect(replaced({ kubeconfig: kubeconfig("https://a") }, { kubeconfig: UNKNOWN })).toEqual(["kubeconfig!"]);
  });

  test("follows the cluster's identifier where there is one", () => {
    const old = { kubeconfig: kubeconfig("https://a"), clusterIdentifier: "1" };
    expect(replaced(old, { ...old, kubeconfig: kubeconfig("https://b") })).toEqual(["kubeconfig"]);
    expect(replaced(old, { ...old, kubeconfig: UNKNOWN })).toEqual(["kubeconfig"]);
    expect(replaced(old, { ...old, clusterIdentifier: "2" })).toEqual(["clusterIdentifier!"]);
    expect(replaced(old, { kubeconfig: secret(old.kubeconfig), clusterIdentifier: "1" })).toEqual([]);
  });
});
