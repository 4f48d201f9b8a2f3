import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Readable } from "node:stream";
import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import type { AnalyzerInfo, AnalyzeResponse } from "@pulumi/pulumi/proto/analyzer_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";

/** A resource as the engine sends it. */
export interface Sent {
  type: string;
  urn: string;
  name: string;
  properties: Record<string, unknown>;
  protect?: boolean;
}

/** What a pack has to say of what was sent. */
export interface Said {
  policy: string;
  level: string;
  message: string;
  urn: string;
}

export type Level = "ADVISORY" | "MANDATORY" | "DISABLED" | "REMEDIATE";

/** A policy pack in the process that the engine would start for it, asked with the SDK's own messages. */
export class PackProcess {
  private readonly child: ChildProcessByStdio<null, Readable, Readable>;
  private readonly client: AnalyzerClient;
  /** Everything that it printed after its port. */
  output = "";

  private constructor(child: ChildProcessByStdio<null, Readable, Readable>, port: string) {
    this.child = child;
    const options = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
    this.client = new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), options);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
  }

  /** Starts the pack in a folder, with the SDK that is installed for it. */
  static async start(folder: string): Promise<PackProcess> {
    const script = createRequire(join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run-policy-pack");
    const child = spawn(process.execPath, [script, "127.0.0.1:1", folder], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [said] = (await Promise.race([once(child.stdout, "data"), once(child, "exit")])) as [Buffer | number | null];
    if (!(said instanceof Buffer)) {
      throw new Error(`the pack ended with ${String(said)}: ${String(child.stderr.read() as Buffer | null)}`);
    }
    return new PackProcess(child, said.toString().trim());
  }

  async stop(): Promise<void> {
    this.client.close();
    const ended = once(this.child, "exit");
    this.child.kill();
    await ended;
  }

  info(): Promise<AnalyzerInfo> {
    return ask((done) => this.client.getAnalyzerInfo(new Empty() as never, done));
  }

  async configure(rules: Record<string, { level?: Level; properties?: object }>): Promise<void> {
    const request = new analyzer.ConfigureAnalyzerRequest();
    for (const [name, { level = "MANDATORY", properties = {} }] of Object.entries(rules)) {
      const policy = new analyzer.PolicyConfig().setEnforcementlevel(analyzer.EnforcementLevel[level]);
      request.getPolicyconfigMap().set(name, policy.setProperties(struct(properties)));
    }
    await ask((done) => this.client.configure(request, done));
  }

  /** What is said of one resource before it is made. */
  async analyze({ type, urn, name, properties, protect = false }: Sent): Promise<Said[]> {
    const options = new analyzer.AnalyzerResourceOptions().setProtect(protect);
    const request = new analyzer.AnalyzeRequest().setType(type).setUrn(urn).setName(name).setOptions(options);
    return said(await ask((done) => this.client.analyze(request.setProperties(struct(properties)), done)));
  }

  /** What is said of everything together. */
  async analyzeStack(resources: readonly Sent[]): Promise<Said[]> {
    const list = resources.map(({ type, urn, name, properties, protect = false }) => {
      const options = new analyzer.AnalyzerResourceOptions().setProtect(protect);
      const resource = new analyzer.AnalyzerResource().setType(type).setUrn(urn).setName(name).setOptions(options);
      return resource.setProperties(struct(properties));
    });
    const request = new analyzer.AnalyzeStackRequest().setResourcesList(list);
    return said(await ask((done) => this.client.analyzeStack(request, done)));
  }
}

function ask<T>(call: (done: (error: grpc.ServiceError | null, answer: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, answer) => {
      if (error) reject(error);
      else resolve(answer);
    });
  });
}

function struct(value: object): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(value)) as Record<string, JavaScriptValue>);
}

function said(response: AnalyzeResponse): Said[] {
  const levels = Object.entries(analyzer.EnforcementLevel);
  return response.getDiagnosticsList().map((diagnostic) => ({
    policy: diagnostic.getPolicyname(),
    level: levels.find(([, value]) => value === diagnostic.getEnforcementlevel())?.[0] ?? "?",
    message: diagnostic.getMessage(),
    urn: diagnostic.getUrn(),
  }));
}
