import { spawn, type ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import * as grpc from "@grpc/grpc-js";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import type { AnalyzerStackConfigureRequest } from "@pulumi/pulumi/proto/analyzer_pb.js";
import messages from "@pulumi/pulumi/proto/language_pb.js";
import type { RunPluginRequest, RunPluginResponse } from "@pulumi/pulumi/proto/language_pb.js";
import { channelOptions, listen, unary } from "../rpc.ts";
import { optionVariables, runtimeOptions } from "./options.ts";
import { longKey, sdkModule } from "./run.ts";

type Call = grpc.ServerWritableStream<RunPluginRequest, RunPluginResponse>;

/**
 * Runs a policy pack for as long as the engine keeps the call open. The SDK's runner wants the stack's configuration in its
 * environment, while the engine sends it over the analyzer service: so that service is answered here until the configuration
 * has come, and everything else is passed on to the pack started with it.
 */
export function runPolicyPack(call: Call): void {
  start(call).catch((error: unknown) => {
    call.emit("error", { code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) });
  });
}

async function start(call: Call): Promise<void> {
  const kind = call.request.getKind();
  if (kind !== "analyzer")
    throw new Error(`${kind} plugins written in Node.js need Pulumi itself: install it to use them`);
  const configuration = Promise.withResolvers<AnalyzerStackConfigureRequest | undefined>();
  const pack = Promise.withResolvers<grpc.Client>();
  pack.promise.catch(() => undefined);
  const port = await listen((server) => {
    server.addService(AnalyzerService, {
      ...passedOn(() => {
        configuration.resolve(undefined);
        return pack.promise;
      }),
      handshake: unary(() => new analyzer.AnalyzerHandshakeResponse()),
      configureStack: unary((stack: AnalyzerStackConfigureRequest) => {
        configuration.resolve(stack);
        return new analyzer.AnalyzerStackConfigureResponse();
      }),
    });
  });
  call.write(new messages.RunPluginResponse().setStdout(Buffer.from(`${String(port)}\n`)));

  const child = spawnPack(call.request, await configuration.promise);
  call.on("cancelled", () => child.kill());
  child.stderr.on("data", (chunk: Buffer) => call.write(new messages.RunPluginResponse().setStderr(chunk)));
  const lines = createInterface(child.stdout);
  lines.once("line", (line) => {
    pack.resolve(new grpc.Client(`127.0.0.1:${line}`, grpc.credentials.createInsecure(), channelOptions));
    lines.on("line", (more) => call.write(new messages.RunPluginResponse().setStdout(Buffer.from(`${more}\n`))));
  });
  child.on("close", (code) => {
    pack.reject(new Error(`policy pack exited with code ${String(code ?? -1)} before it could be used`));
    call.end(new messages.RunPluginResponse().setExitcode(code ?? -1));
  });
}

/** An implementation of the analyzer service that passes every call on to the pack. */
function passedOn(pack: () => Promise<grpc.Client>): grpc.UntypedServiceImplementation {
  const methods = Object.entries(AnalyzerService as grpc.ServiceDefinition);
  return Object.fromEntries(
    methods.map(([name, { path, requestSerialize, responseDeserialize }]) => [
      name,
      unary(async (request: unknown) => {
        const client = await pack();
        return new Promise((resolve, reject) => {
          client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, response) => {
            if (error) reject(error);
            else resolve(response);
          });
        });
      }),
    ]),
  );
}

function spawnPack(
  request: RunPluginRequest,
  stack: AnalyzerStackConfigureRequest | undefined,
): ChildProcessByStdio<null, Readable, Readable> {
  const info = request.getInfo();
  const directory = info?.getProgramDirectory() ?? ".";
  const options = runtimeOptions(info);
  const script = sdkModule("@pulumi/pulumi/cmd/run-policy-pack", directory, `npm install in ${directory}`);
  const environment = request.getEnvList().map((line) => line.split(/=(.*)/s, 2));
  return spawn(process.execPath, [script, ...options.nodeargs, ...request.getArgsList(), directory], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...(Object.fromEntries(environment) as Record<string, string>),
      ...optionVariables(options),
      ...(stack && stackVariables(stack)),
    },
  });
}

function stackVariables(stack: AnalyzerStackConfigureRequest): Record<string, string> {
  const config = stack.getConfigMap().toArray();
  return {
    PULUMI_NODEJS_ORGANIZATION: stack.getOrganization(),
    PULUMI_NODEJS_PROJECT: stack.getProject(),
    PULUMI_NODEJS_STACK: stack.getStack(),
    PULUMI_NODEJS_DRY_RUN: String(stack.getDryRun()),
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(config.map(([key, value]) => [longKey(key), value]))),
  };
}
