import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { freePorts } from "../../freePorts.ts";
import { parseAnswer } from "../../../components/enforcement/probe.ts";

const script = fileURLToPath(import.meta.resolve("../../../components/enforcement/probe.sh"));
const run = promisify(execFile);
const address = "127.0.0.1";
const tcp = async (host: string, port: number) =>
  parseAnswer((await run("bash", [script, "tcp", "1", host, String(port)])).stdout);

const started: ChildProcess[] = [];
const start = (command: string, ...args: string[]) => {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  return child;
};
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

describe("the probe", () => {
  it("connects to its own canary, again and again", async () => {
    const [port = 0] = await freePorts(1);
    start("bash", script, "serve", address, String(port));
    await expect.poll(() => tcp(address, port), { timeout: 5000 }).toEqual({ outcome: "connected", message: "" });
    expect((await tcp(address, port)).outcome).toBe("connected");
  });

  it("is refused where nobody listens", async () => {
    const [port = 0] = await freePorts(1);
    expect(await tcp(address, port)).toEqual({ outcome: "refused", message: "Connection refused" });
  });

  it("runs out of time where packets vanish", async () => {
    // A listener that accepts nobody: once its queue of two is full, the kernel drops whoever comes.
    const listen = `my $s = IO::Socket::IP->new(LocalAddr => "${address}", Listen => 1) or die $@;
      $| = 1; print $s->sockport; sleep 60`;
    const [line] = (await once(start("perl", "-MIO::Socket::IP", "-e", listen).stdout, "data")) as [Buffer];
    const port = Number(line.toString());
    const queued = [connect(port, address), connect(port, address)];
    try {
      await Promise.all(queued.map((socket) => once(socket, "connect")));
      expect(await tcp(address, port)).toEqual({ outcome: "timeout", message: "no answer within 1 s" });
    } finally {
      for (const socket of queued) socket.destroy();
    }
  });

  it("calls a question that could not be asked an error", async () => {
    expect(await tcp("no-such-host.invalid", 1)).toMatchObject({ outcome: "error" });
  });
});

describe("parseAnswer", () => {
  it("reads the probe's line", () => {
    const line = String.raw`{"outcome":"out","message":"FATAL:  role \"a\\b\" is out"}` + "\n";
    expect(parseAnswer(line)).toEqual({ outcome: "out", message: String.raw`FATAL:  role "a\b" is out` });
  });

  it.each([
    ["bash: /probe/probe.sh: No such file or directory\n", "bash: /probe/probe.sh: No such file or directory"],
    ["", "the probe said nothing"],
    ['{"outcome":"maybe","message":""}', '{"outcome":"maybe","message":""}'],
    ['{"outcome":"in"}', '{"outcome":"in"}'],
    ["null", "null"],
  ])("takes no other output for an answer: %j", (output, message) => {
    expect(parseAnswer(output)).toEqual({ outcome: "error", message });
  });
});
