import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { upgradePlans } from "../../components/cluster/hetzner/upgradePlans.ts";
import { hetznerSchema } from "../../config/hetzner/schema.ts";
import { machine } from "./machine.ts";

// Root. The first step of an upgrade's job, as its Plan has it, in a chroot that stands for the upgrade's image.
const K3S = "#!/bin/sh\necho the release\n";
const digest = createHash("sha256").update(K3S).digest("hex");
const image = machine(
  JSON.stringify({ write_files: [{ path: "/etc/hcloud-postgres/node.env", permissions: "0600", content: "" }] }),
);
afterAll(() => {
  image.remove();
});

function steps(amd64: string) {
  const settings = hetznerSchema.parse({
    firewallKubeApiSource: ["203.0.113.0/24"],
    controlPlaneNodepools: [{ name: "cp", serverType: "cx33", location: "fsn1", count: 1 }],
    k3sVersion: "v1.36.4+k3s1",
    k3sArtifactSha256: { amd64, arm64: "0".repeat(64) },
    systemUpgradeScheduleWindow: { startTime: "02:00", endTime: "05:00" },
  });
  const window = settings.systemUpgradeScheduleWindow ?? expect.fail("the settings have a window");
  return upgradePlans(settings, window).map(({ spec }) => {
    const { prepare } = spec as { prepare: { command: string[]; args: string[] } };
    return [...prepare.command, ...prepare.args];
  });
}

/** Runs the words of a command in the image. */
function runs(words: string[]) {
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  return image.run(quoted);
}

test("the pinned release goes on, an agent's job to wait for the control plane", async () => {
  image.write("/opt/k3s", K3S, 0o755);
  image.write("/opt/upgrade.sh", '#!/bin/sh\necho "then: $*"\n', 0o755);
  const [server, agent] = steps(digest) as [string[], string[]];
  expect(agent.slice(-3)).toEqual(["/bin/upgrade.sh", "prepare", "k3s-server"]);
  expect(await runs(server)).toMatchObject({ code: 0, stdout: "" });
  const elsewhere = agent.map((word) => word.replace(/^\/bin\/upgrade/, "/opt/upgrade"));
  expect(await runs(elsewhere)).toMatchObject({ code: 0, stdout: "then: prepare k3s-server\n" });
});

test("anything else ends the job before its node is disturbed", async () => {
  for (const words of steps("a".repeat(64))) {
    const { code, stdout, stderr } = await runs(words);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(`has the checksum ${digest}, not one of: ${"a".repeat(64)} ${"0".repeat(64)}`);
  }
});

test("a checksum is compared as a whole", async () => {
  const [server] = steps(digest) as [string[]];
  const half = server.map((word) => word.replace(digest, digest.slice(0, 32)));
  expect(await runs(half)).toMatchObject({ code: 1 });
});

test("the script needs nothing that the image's own shell lacks", () => {
  const script = readFileSync(
    new URL("../../components/cluster/hetzner/files/check-upgrade.sh", import.meta.url),
    "utf8",
  );
  expect(script).toMatch(/^#!\/bin\/sh\n/);
  // Kubernetes would put the value of a variable in the place of $(NAME).
  expect(script).not.toMatch(/\$\([A-Za-z_]+\)/);
});
