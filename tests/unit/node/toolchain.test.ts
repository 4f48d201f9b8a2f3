import { describe, expect, test } from "vitest";
import { compareVersions, goArguments, toolNames } from "../../../local/toolchain.ts";
import { xdgDirectory } from "../../../local/paths.ts";

describe("compareVersions", () => {
  test.each([
    ["1.26.4", "1.26.4", 0],
    ["1.9.9", "1.26.4", -1],
    ["1.26.10", "1.26.4", 1],
    ["1.26", "1.26.4", -1],
    ["2.0", "1.26.4", 1],
    ["1.27rc1", "1.26.4", 1],
  ])("%s and %s", (a, b, expected) => {
    expect(Math.sign(compareVersions(a, b))).toBe(expected);
  });
});

describe("goArguments", () => {
  test("stamps the version that the tool reports", () => {
    const args = goArguments("kubelet", "/out");
    expect(args).toContain("-mod=readonly");
    expect(args.slice(-3)).toEqual(["-o", "/out", "k8s.io/kubernetes/cmd/kubelet"]);
    expect(args.at(args.indexOf("-ldflags") + 1)).toContain("-X k8s.io/component-base/version.gitVersion=v1.36.3");
  });

  test.each(toolNames)("%s is built without paths of this machine", (name) => {
    expect(goArguments(name, "/out")).toContain("-trimpath");
  });
});

describe("xdgDirectory", () => {
  test("takes an absolute folder, and ignores a relative one", () => {
    expect(xdgDirectory("/somewhere", ".cache")).toBe("/somewhere/hcloud-postgres");
    expect(xdgDirectory("somewhere", ".cache")).toMatch(/^\/.*\/\.cache\/hcloud-postgres$/);
    expect(xdgDirectory(undefined, ".cache")).toBe(xdgDirectory("", ".cache"));
  });
});
