import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** Where a server listens, and from where a client comes. */
export type Route =
  { readonly socket: string } | { readonly host: string; readonly port: number; readonly from: string };

/** One message of the server. */
export interface Message {
  readonly type: string;
  readonly body: Buffer;
}

const protocol3 = 196608;
const sslRequest = 80877103;
const patience = 10_000;

/** A client certificate and its key, in PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** The frontend's side of PostgreSQL's protocol, as far as authentication and simple queries need it. */
export class Wire {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #closed = false;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    const close = () => {
      this.#closed = true;
      this.#wake();
    };
    socket.on("close", close);
    socket.on("end", close);
    socket.on("error", close);
  }

  /** Connects; with `tls`, demands encryption and shows a certificate unless it is null. */
  static async open(route: Route, tls?: Identity | null): Promise<Wire> {
    const raw = await connected(
      "socket" in route
        ? connect(route.socket)
        : connect({ host: route.host, port: route.port, localAddress: route.from }),
    );
    if (tls === undefined) return new Wire(raw);
    raw.write(packet("", int32(sslRequest)));
    const [answer] = await new Promise<Buffer>((resolve, reject) => {
      raw.once("data", resolve);
      raw.once("close", () => {
        reject(new Error("the server closed the connection instead of answering the request for TLS"));
      });
    });
    if (answer !== "S".charCodeAt(0)) throw new Error("the server refused TLS");
    const secure = connectTls({ socket: raw, rejectUnauthorized: false, ...tls });
    await connected(secure, "secureConnect");
    return new Wire(secure);
  }

  /** Sends the startup packet. */
  startup(parameters: Readonly<Record<string, string>>): void {
    const pairs = Object.entries(parameters).map(([name, value]) => `${name}\0${value}\0`);
    this.#socket.write(packet("", int32(protocol3), Buffer.from(`${pairs.join("")}\0`)));
  }

  send(type: string, ...parts: readonly Buffer[]): void {
    this.#socket.write(packet(type, ...parts));
  }

  /** The next message; undefined where the server has closed the connection. */
  async receive(): Promise<Message | undefined> {
    const deadline = Date.now() + patience;
    for (;;) {
      const length = this.#received.length >= 5 ? this.#received.readInt32BE(1) : Infinity;
      if (this.#received.length > length) {
        const message = {
          type: String.fromCharCode(this.#received[0] ?? 0),
          body: this.#received.subarray(5, length + 1),
        };
        this.#received = this.#received.subarray(length + 1);
        return message;
      }
      if (this.#closed) return undefined;
      if (Date.now() > deadline) throw new Error(`no answer from the server in ${String(patience)} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patience);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** The single value of each row that a query returns, one character per byte. */
  async query(sql: string): Promise<readonly string[]> {
    this.send("Q", cstring(sql));
    return this.ready();
  }

  /** Waits until the server is ready for a query; the rows that it sends before. */
  async ready(): Promise<readonly string[]> {
    const rows: string[] = [];
    for (;;) {
      const message = await this.receive();
      if (message === undefined) throw new Error("the server closed the connection");
      if (message.type === "E") throw new Error(`the server says: ${errorText(message)}`);
      if (message.type === "D") rows.push(message.body.subarray(6).toString("latin1"));
      if (message.type === "Z") return rows;
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** The text of an error or notice. */
export function errorText({ body }: Message): string {
  const fields = body.toString("latin1").split("\0");
  return fields.find((field) => field.startsWith("M"))?.slice(1) ?? "an error without a text";
}

export function cstring(text: string): Buffer {
  return Buffer.from(`${text}\0`, "latin1");
}

/** What answers a demand for SCRAM first: the user's name is taken from the startup packet. */
export function scramFirst(): readonly Buffer[] {
  const first = Buffer.from("n,,n=,r=rOprNGfwEbeRWgbNEkqO");
  return [cstring("SCRAM-SHA-256"), int32(first.length), first];
}

/** A wrong proof for the server's challenge. */
export function scramFinal(challenge: string): Buffer {
  const nonce = /^r=([^,]*)/.exec(challenge)?.[1] ?? "";
  const proof = createHash("sha256").update("wrong").digest("base64");
  return Buffer.from(`c=biws,r=${nonce},p=${proof}`);
}

function connected<S extends Socket>(socket: S, event = "connect"): Promise<S> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => {
      socket.off("error", reject);
      resolve(socket);
    });
    socket.once("error", reject);
  });
}

function packet(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
