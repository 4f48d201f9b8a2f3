import type * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/language_pb.js";
import type * as pb from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import sdk from "@pulumi/pulumi/package.json" with { type: "json" };
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { followEngine, listen, unary } from "../rpc.ts";
import { directDependencies, requiredPlugins } from "./packages.ts";
import { runPolicyPack } from "./policy-pack.ts";
import { runProgram } from "./run.ts";

/**
 * The language host for Node.js programs: `pulumi-language-nodejs ENGINE` prints its port and serves until the engine goes.
 * It runs programs and policy packs as Pulumi's own host does, and nothing else: no code generation, no installing.
 */
const engine = process.argv.at(-1) ?? "";
const cancelled = new AbortController();

const service: Partial<grpc.UntypedServiceImplementation> = {
  getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(sdk.version)),
  handshake: unary(() => new messages.LanguageHandshakeResponse()),
  getRequiredPackages: unary((request: pb.GetRequiredPackagesRequest) => {
    const needed = requiredPlugins(request.getInfo()?.getProgramDirectory() ?? ".");
    return new messages.GetRequiredPackagesResponse().setPackagesList(
      needed.map(({ name, version, server }) =>
        new plugin.PackageDependency().setName(name).setKind("resource").setVersion(version).setServer(server),
      ),
    );
  }),
  getProgramDependencies: unary((request: pb.GetProgramDependenciesRequest) => {
    const dependencies = directDependencies(request.getInfo()?.getProgramDirectory() ?? ".");
    return new messages.GetProgramDependenciesResponse().setDependenciesList(
      dependencies.map(({ name, version }) => new messages.DependencyInfo().setName(name).setVersion(version)),
    );
  }),
  about: unary(() => new messages.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
  runtimeOptionsPrompts: unary(() => new messages.RuntimeOptionsResponse()),
  run: unary(async (request: pb.RunRequest, call: grpc.ServerUnaryCall<pb.RunRequest, pb.RunResponse>) => {
    call.on("cancelled", () => {
      cancelled.abort();
    });
    const { error, bail } = await runProgram(request, engine, cancelled.signal);
    return new messages.RunResponse().setError(error).setBail(bail);
  }),
  runPlugin: runPolicyPack,
  cancel: unary(() => {
    cancelled.abort();
    return new empty.Empty();
  }),
};

const port = await listen((server) => {
  server.addService(LanguageRuntimeService, service as grpc.UntypedServiceImplementation);
});
followEngine(engine);
process.stdout.write(`${String(port)}\n`);
