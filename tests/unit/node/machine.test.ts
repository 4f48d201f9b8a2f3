import { describe, expect, test } from "vitest";
import { missingCgroups, parseCgroupMounts } from "../../../local/node/cgroups.ts";
import { sourceLines } from "../../../local/node/debian.ts";
import { engineChains } from "../../../local/node/engine.ts";
import { nodeDir } from "../../../local/node/layout.ts";
import { foreignNode, hiddenFolders, takenRoute } from "../../../local/node/namespaces.ts";
import { nodePackages } from "../../../local/node/packages.ts";
import { missingPackages } from "../../../local/packages.ts";
import { missingSpace, osRelease, platformProblems, stateProblems } from "../../../local/node/preflight.ts";

const mount = (path: string, type: string, options = "rw") => `30 1 0:1 / ${path} rw - ${type} ${type} ${options}`;

describe("cgroups", () => {
  const hybrid = [
    mount("/sys/fs/cgroup/cpu", "cgroup", "rw,cpu"),
    mount("/sys/fs/cgroup/cpuset", "cgroup", "rw,cpuset"),
    mount("/sys/fs/cgroup/memory", "cgroup", "rw,memory"),
    mount("/sys/fs/cgroup/pids", "cgroup", "rw,pids"),
    mount("/sys/fs/cgroup/systemd", "cgroup", "rw,name=systemd"),
    mount("/sys/fs/cgroup/unified", "cgroup2"),
  ];

  test("finds every hierarchy of a hybrid machine", () => {
    const mounts = parseCgroupMounts(hybrid.join("\n"));
    expect(mounts.unified).toBe("/sys/fs/cgroup/unified");
    expect(mounts.v1["memory"]).toBe("/sys/fs/cgroup/memory");
    expect(mounts.v1["name=systemd"]).toBe("/sys/fs/cgroup/systemd");
    expect(missingCgroups(mounts)).toEqual([]);
  });

  test("names what is missing", () => {
    const withoutMemory = hybrid.filter((line) => !line.includes("memory"));
    expect(missingCgroups(parseCgroupMounts(withoutMemory.join("\n")))).toEqual(["controller memory"]);
    expect(missingCgroups(parseCgroupMounts(""))).toEqual(["cgroup2 mount"]);
  });

  test("a hierarchy with two controllers counts for both", () => {
    const mounts = parseCgroupMounts(mount("/sys/fs/cgroup/cpu,cpuacct", "cgroup", "rw,cpu,cpuacct"));
    expect(mounts.v1).toEqual({ cpu: "/sys/fs/cgroup/cpu,cpuacct", cpuacct: "/sys/fs/cgroup/cpu,cpuacct" });
  });
});

describe("namespaces", () => {
  test("a folder counts as the node's own only under the node's own mount", () => {
    const mounts = [mount("/run", "tmpfs"), "31 1 0:2 / /var/lib/cni rw shared:1 - tmpfs hcloud-postgres rw"];
    expect(hiddenFolders(mounts.join("\n"))).toEqual(["/var/lib/cni"]);
  });

  test("a route of the machine that holds the node's address is a collision; the default and the node's own are none", () => {
    const routes = [
      { dst: "default", dev: "eth0" },
      { dst: "10.77.0.1", dev: "hcloud-postgres" },
    ];
    expect(takenRoute(JSON.stringify(routes))).toBeUndefined();
    expect(takenRoute(JSON.stringify([...routes, { dst: "10.0.0.0/8", dev: "tun0" }]))).toBe("10.0.0.0/8 dev tun0");
    expect(takenRoute("")).toBeUndefined();
  });

  test("a node of another state folder is told apart, with the way to take it down", () => {
    expect(foreignNode(nodeDir)).toBeUndefined();
    expect(foreignNode("/other/hcloud-postgres/node")).toContain("XDG_STATE_HOME=/other npm run local -- down");
  });
});

describe("preflight", () => {
  test("reads the system's name as Debian writes it", () => {
    expect(osRelease('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n')).toBe("debian 12");
    expect(osRelease("")).toBe("? ?");
  });

  test("names every reason at once", () => {
    expect(platformProblems({ os: "debian 12", platform: "linux x64", uid: 0 })).toEqual([]);
    const problems = platformProblems({ os: "ubuntu 24.04", platform: "darwin arm64", uid: 501 });
    expect(problems.map((problem) => problem.split(";")[0])).toEqual([
      "the machine is darwin arm64",
      "the system is ubuntu 24.04",
      "not root",
    ]);
  });

  test("a socket path that the kernel cannot hold is refused", () => {
    expect(stateProblems("/short")).toEqual([]);
    expect(stateProblems(`/${"long/".repeat(30)}`)).toHaveLength(1);
  });

  test("space is added up per file system", () => {
    const GiB = 2 ** 30;
    const disks = (path: string) =>
      path.startsWith("/a") ? { system: "a", free: 5 * GiB } : { system: "b", free: 1 * GiB };
    expect(
      missingSpace(
        [
          ["/a/1", 2 * GiB],
          ["/a/2", 2 * GiB],
        ],
        disks,
      ),
    ).toEqual([]);
    expect(
      missingSpace(
        [
          ["/a/1", 3 * GiB],
          ["/a/2", 3 * GiB],
          ["/b", 0],
        ],
        disks,
      ),
    ).toEqual(["disk: /a/2 has 5.0 GiB free; 6.0 GiB are needed"]);
  });
});

describe("Debian", () => {
  test("installs the packages of what is missing, and nothing else", () => {
    expect(missingPackages(nodePackages, () => true)).toEqual([]);
    expect(missingPackages(nodePackages, (file) => file !== "containerd" && file !== "ip")).toEqual([
      "containerd",
      "iproute2",
    ]);
  });

  test("packs the operand from Debian's own archives of this machine", () => {
    const targets = [
      "Debian|http://mirror.example/debian/|bookworm|main",
      "Debian|http://mirror.example/debian/|bookworm|main",
      "Debian|http://mirror.example/security/|bookworm-security|main",
      "Debian|http://mirror.example/debian/|trixie|main",
      "Node Source|https://node.example/|bookworm|main",
      "",
    ];
    expect(sourceLines(targets.join("\n"), "bookworm")).toEqual([
      "deb http://mirror.example/debian/ bookworm main",
      "deb http://mirror.example/security/ bookworm-security main",
    ]);
    expect(sourceLines(targets.join("\n"), "trixie")).toEqual([
      "deb http://mirror.example/debian/ trixie main",
      "deb http://mirror.example/security/ trixie-security main",
    ]);
  });
});

test("kube-router's chains are told from those of kube-proxy and of the host", () => {
  const rules = [
    "*filter",
    ":INPUT ACCEPT [0:0]",
    ":KUBE-SERVICES - [0:0]",
    ":KUBE-ROUTER-INPUT - [0:0]",
    ":KUBE-POD-FW-3DD - [0:0]",
  ];
  expect(engineChains(rules.join("\n"))).toEqual(["KUBE-ROUTER-INPUT", "KUBE-POD-FW-3DD"]);
  expect(engineChains(rules.slice(0, 3).join("\n"))).toEqual([]);
});
