import * as grpc from "@grpc/grpc-js";
import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type * as pb from "@pulumi/pulumi/proto/provider_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import statuses from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { followEngine, listen, unary } from "../rpc.ts";
import { PartialFailure, type Change, type Difference, type Provider, type Request } from "./provider.ts";
import { fromStruct, toStruct } from "./wire.ts";

/** Serves the provider by the engine's plugin protocol until the engine goes. */
export async function serve(provider: Provider, engine: string): Promise<void> {
  const port = await listen((server) => {
    server.addService(ResourceProviderService, service(provider));
  });
  followEngine(engine);
  process.stdout.write(`${String(port)}\n`);
}

function service(provider: Provider): grpc.UntypedServiceImplementation {
  const implementation: Partial<grpc.UntypedServiceImplementation> = {
    getPluginInfo: unary(() => new plugins.PluginInfo().setVersion(provider.version)),
    attach: unary(() => new empty.Empty()),
    checkConfig: unary((call: pb.CheckRequest) => new messages.CheckResponse().setInputs(call.getNews())),
    diffConfig: unary((call: pb.DiffRequest) =>
      differenceMessage(provider.diffConfig(fromStruct(call.getOlds()), fromStruct(call.getNews()))),
    ),
    configure: unary(async (call: pb.ConfigureRequest) => {
      await provider.configure(new Map(call.getVariablesMap().toArray()));
      return new messages.ConfigureResponse()
        .setAcceptsecrets(true)
        .setSupportspreview(true)
        .setSupportsAutonamingConfiguration(true);
    }),
    check: unary(async (call: pb.CheckRequest) => {
      const { inputs, failures = [] } = await provider.check({
        ...identity(call),
        olds: fromStruct(call.getOlds()),
        news: fromStruct(call.getNews()),
        autonaming: autonaming(call.getAutonaming()),
      });
      return new messages.CheckResponse()
        .setInputs(toStruct(inputs))
        .setFailuresList(
          failures.map(({ property, reason }) => new messages.CheckFailure().setProperty(property).setReason(reason)),
        );
    }),
    diff: unary(async (call: pb.DiffRequest) => differenceMessage(await provider.diff(diffRequest(call)))),
    create: unary(async (call: pb.CreateRequest) => {
      const inputs = fromStruct(call.getProperties());
      const request = { ...identity(call), inputs, timeout: call.getTimeout(), preview: call.getPreview() };
      const { id, state } = await initialized(provider.create(request));
      return new messages.CreateResponse().setId(id).setProperties(toStruct(state));
    }),
    read: unary(async (call: pb.ReadRequest) => {
      const request = {
        ...identity(call),
        id: call.getId(),
        state: fromStruct(call.getProperties()),
        inputs: fromStruct(call.getInputs()),
      };
      const found = await initialized(provider.read(request));
      if (found === undefined) return new messages.ReadResponse();
      const { id, state, inputs } = found;
      return new messages.ReadResponse().setId(id).setProperties(toStruct(state)).setInputs(toStruct(inputs));
    }),
    update: unary(async (call: pb.UpdateRequest) => {
      const request = { ...diffRequest(call), timeout: call.getTimeout(), preview: call.getPreview() };
      const state = await initialized(provider.update(request));
      return new messages.UpdateResponse().setProperties(toStruct(state));
    }),
    delete: unary(async (call: pb.DeleteRequest) => {
      const state = fromStruct(call.getProperties());
      await initialized(provider.delete({ ...identity(call), id: call.getId(), state, timeout: call.getTimeout() }));
      return new empty.Empty();
    }),
    cancel: unary(() => {
      provider.cancel();
      return new empty.Empty();
    }),
  };
  return implementation as grpc.UntypedServiceImplementation;
}

function identity(call: { getUrn(): string; getType(): string; getName(): string }): Request {
  return { urn: call.getUrn(), type: call.getType(), name: call.getName() };
}

function diffRequest(call: pb.DiffRequest | pb.UpdateRequest) {
  return {
    ...identity(call),
    id: call.getId(),
    state: fromStruct(call.getOlds()),
    news: fromStruct(call.getNews()),
    ignoreChanges: call.getIgnorechangesList(),
  };
}

function autonaming(options: pb.CheckRequest.AutonamingOptions | undefined) {
  const proposed = options?.getProposedName() ?? "";
  const disabled = options?.getMode() === messages.CheckRequest.AutonamingOptions.Mode.DISABLE;
  return { disabled, ...(proposed !== "" && { proposed }) };
}

function differenceMessage({ changes, deleteBeforeReplace }: Difference): pb.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const paths = Object.keys(changes);
  const response = new messages.DiffResponse()
    .setChanges(paths.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setDiffsList(paths)
    .setReplacesList(paths.filter((path) => changes[path]?.replace))
    .setDeletebeforereplace(deleteBeforeReplace)
    .setHasdetaileddiff(true);
  for (const [path, change] of Object.entries(changes)) {
    const entry = new messages.PropertyDiff().setKind(changeKind(change)).setInputdiff(change.kind === "delete");
    response.getDetaileddiffMap().set(path, entry);
  }
  return response;
}

function changeKind({ kind, replace }: Change): pb.PropertyDiff.Kind {
  const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = messages.PropertyDiff.Kind;
  const [plain, replacing] = {
    add: [ADD, ADD_REPLACE] as const,
    delete: [DELETE, DELETE_REPLACE] as const,
    update: [UPDATE, UPDATE_REPLACE] as const,
  }[kind];
  return replace ? replacing : plain;
}

/** Turns a partial failure into the error by which the engine learns the state that was reached. */
async function initialized<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof PartialFailure)) throw error;
    const detail = new messages.ErrorResourceInitFailed()
      .setId(error.id)
      .setProperties(toStruct(error.state))
      .setInputs(toStruct(error.inputs))
      .setReasonsList(error.reasons);
    const packed = new any.Any();
    packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new statuses.Status().setCode(grpc.status.UNKNOWN).setMessage(error.message).addDetails(packed);
    const metadata = new grpc.Metadata();
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
    throw Object.assign(error, { code: grpc.status.UNKNOWN, details: error.message, metadata });
  }
}
