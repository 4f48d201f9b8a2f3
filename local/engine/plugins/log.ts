import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/engine_pb.js";
import { channelOptions } from "../rpc.ts";

/** Tells the user about a resource, through the engine. */
export interface EngineLog {
  /** What is being waited for; shown while it lasts. */
  status(urn: string, message: string): void;
  warning(urn: string, message: string): void;
}

/** A log that speaks to the engine at the address. A message that does not arrive is no reason to fail. */
export function engineLog(address: string): EngineLog {
  const client = new EngineClient(address, grpc.credentials.createInsecure(), channelOptions);
  const { INFO, WARNING } = messages.LogSeverity;
  return {
    status(urn, message) {
      const request = new messages.LogRequest().setSeverity(INFO).setUrn(urn).setMessage(message).setEphemeral(true);
      client.log(request, () => undefined);
    },
    warning(urn, message) {
      client.log(new messages.LogRequest().setSeverity(WARNING).setUrn(urn).setMessage(message), () => undefined);
    },
  };
}
