import * as grpc from "@grpc/grpc-js";

/** Pulumi puts whole states and manifests into one message: no limit of size in either direction. */
export const channelOptions: grpc.ChannelOptions = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
};

/** Answers one unary call with what `answer` resolves to; its error's message becomes the call's error. */
export function unary<Request, Response>(
  answer: (request: Request, call: grpc.ServerUnaryCall<Request, Response>) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, done) => {
    void Promise.resolve()
      .then(() => answer(call.request, call))
      .then(
        (response) => {
          done(null, response);
        },
        (error: unknown) => {
          done(asServiceError(error));
        },
      );
  };
}

/** Serves the services on a free loopback port, and answers that port. */
export async function listen(register: (server: grpc.Server) => void): Promise<number> {
  const server = new grpc.Server(channelOptions);
  register(server);
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}

/** Ends this process when the engine at the address is gone, so that a killed engine leaves no plugin behind. */
export function followEngine(address: string): void {
  const channel = new grpc.Channel(address, grpc.credentials.createInsecure(), channelOptions);
  const watch = () => {
    const state = channel.getConnectivityState(true);
    if (state === grpc.connectivityState.TRANSIENT_FAILURE) process.exit(0);
    channel.watchConnectivityState(state, Infinity, watch);
  };
  watch();
}

function asServiceError(error: unknown): Partial<grpc.ServiceError> {
  const details = error instanceof Error ? error.message : String(error);
  return isServiceError(error) ? error : { code: grpc.status.UNKNOWN, details };
}

function isServiceError(error: unknown): error is grpc.ServiceError {
  return error instanceof Error && "code" in error && "details" in error;
}
