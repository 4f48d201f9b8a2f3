import { X509Certificate, createPrivateKey } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { extract, type Header } from "tar-stream";
import { addonObjects } from "../../../local/node/addons.ts";
import { sha256, writeArchive, writeLayer } from "../../../local/node/archive.ts";
import { kubeletConfig } from "../../../local/node/config.ts";
import { daemonArguments, daemonNames } from "../../../local/node/daemons.ts";
import { kubeconfig } from "../../../local/node/kubeconfig.ts";
import { createPki, issueAll } from "../../../local/node/pki.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "node-documents-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("pki", () => {
  test("every certificate is the authority's, belongs to its key, and names its user", async () => {
    const files = await issueAll();
    const certificate = (name: string) => new X509Certificate(files[`${name}.crt`] ?? "");
    const ca = certificate("ca");
    expect(ca.ca).toBe(true);
    for (const name of Object.keys(files)
      .filter((file) => file.endsWith(".crt"))
      .map((file) => file.slice(0, -4))) {
      expect(certificate(name).verify(ca.publicKey), name).toBe(true);
      expect(certificate(name).checkPrivateKey(createPrivateKey(files[`${name}.key`] ?? "")), name).toBe(true);
    }
    expect(certificate("kubelet").subject).toBe("CN=system:node:node1\nO=system:nodes");
    expect(certificate("admin").subject).toBe("CN=admin\nO=system:masters");
    const apiServer = certificate("apiserver");
    expect(apiServer.checkIP("10.77.0.1")).toBe("10.77.0.1");
    expect(apiServer.checkHost("kubernetes.default.svc")).toBe("kubernetes.default.svc");
    expect(apiServer.checkIP("10.77.0.2")).toBeUndefined();
  });

  test("an authority once made is kept, and no one else may read its keys", async () => {
    const directory = join(folder, "pki");
    await createPki(directory);
    const before = await sha256(join(directory, "ca.key"));
    await createPki(directory);
    expect(await sha256(join(directory, "ca.key"))).toBe(before);
    expect((await stat(directory)).mode & 0o077).toBe(0);
    expect((await stat(join(directory, "ca.key"))).mode & 0o077).toBe(0);
  });
});

test("a kubeconfig carries everything it needs", () => {
  const config = parse(kubeconfig({ server: "https://a:1", ca: "CA", cert: "CERT", key: "KEY" })) as {
    clusters: [{ cluster: object }];
    users: [{ user: object }];
  };
  expect(config.clusters[0].cluster).toEqual({ server: "https://a:1", "certificate-authority-data": "Q0E=" });
  expect(config.users[0].user).toEqual({ "client-certificate-data": "Q0VSVA==", "client-key-data": "S0VZ" });
});

describe("image archives", () => {
  async function entries(file: string): Promise<Map<string, { header: Header; content: string }>> {
    const found = new Map<string, { header: Header; content: string }>();
    const tar = createReadStream(file).pipe(extract());
    for await (const entry of tar) found.set(entry.header.name, { header: entry.header, content: await text(entry) });
    return found;
  }

  test("lead from the tag to the layer, whose digests are right and always the same", async () => {
    const [source, layer, again, archive] = ["source", "layer", "again", "archive"].map((name) => join(folder, name));
    if (!source || !layer || !again || !archive) throw new Error("unreachable");
    await writeFile(source, "the binary");
    const content = [
      { path: "/opt/bin/tool", file: source },
      { path: "/tool", link: "opt/bin/tool" },
    ];
    await writeLayer(layer, content);
    await writeLayer(again, content);
    const digest = await sha256(layer);
    expect(await sha256(again)).toBe(digest);

    const files = await entries(layer);
    expect([...files.keys()]).toEqual(
      ["opt/", "opt/bin/", "opt/bin/tool", "tool"].map((name) => name.replace(/\/$/, "")),
    );
    expect(files.get("opt/bin/tool")).toMatchObject({
      header: { mode: 0o755, mtime: new Date(0) },
      content: "the binary",
    });
    expect(files.get("tool")?.header).toMatchObject({ type: "symlink", linkname: "opt/bin/tool" });

    await writeArchive(archive, "localhost/tool:1", layer, { Entrypoint: ["/tool"] });
    const parts = await entries(archive);
    const manifest = JSON.parse(parts.get("manifest.json")?.content ?? "") as { Config: string }[];
    const config = parts.get(manifest[0]?.Config ?? "")?.content ?? "";
    expect(manifest).toMatchObject([{ RepoTags: ["localhost/tool:1"], Layers: [`${digest}/layer.tar`] }]);
    expect(JSON.parse(config)).toMatchObject({
      config: { Entrypoint: ["/tool"] },
      rootfs: { diff_ids: [`sha256:${digest}`] },
    });
    expect(parts.get(`${digest}/layer.tar`)?.header.size).toBe((await stat(layer)).size);
  });
});

describe("what the daemons read", () => {
  test.each(daemonNames)("%s gets plain --flag=value arguments", (name) => {
    const args = daemonArguments(name);
    expect(args.length).toBeGreaterThan(0);
    for (const argument of args) expect(argument).toMatch(/^--[a-z-]+=\S+$/);
  });

  test("the kubelet keeps its images and its pods' cgroups to itself", () => {
    expect(parse(kubeletConfig())).toMatchObject({ imageGCHighThresholdPercent: 100, cgroupRoot: "/hcloud-postgres" });
  });
});

describe("addons", () => {
  const objects = addonObjects();

  test("have every placeholder filled in", () => {
    expect(JSON.stringify(objects)).not.toMatch(/\b(IMAGE|ADDRESS|SHELL|FOLDER)\b/);
    expect(JSON.stringify(objects)).toContain("localhost/coredns:1.14.0");
  });

  test("bring one default StorageClass whose volumes honour fsGroup", () => {
    const classes = objects.filter(({ kind }) => kind === "StorageClass");
    expect(classes.map(({ metadata }) => metadata.annotations)).toEqual([
      { "storageclass.kubernetes.io/is-default-class": "true", defaultVolumeType: "local" },
    ]);
  });
});
