import type { Probe } from "./generate/file.ts";
import type { Log } from "./log.ts";
import type { Postgres } from "./postgres.ts";
import { cstring, errorText, type Identity, scramFinal, scramFirst, Wire } from "./wire.ts";

/** What a server did with a connection, as far as it shows which rule it met. */
export interface Observation {
  readonly answer:
    | ("none" | "reject" | "certificate required" | "certificate mismatch" | "trust" | "cert" | "ident" | "peer")
    | ("password" | "md5" | "scram" | "gss" | "oauth" | "other");
  /** The line that the server says it has matched; undefined where it does not say. */
  readonly line: number | undefined;
  /** The file of that line, where the server says it. */
  readonly file: string | undefined;
  /** The server's words. */
  readonly message: string;
}

const serverAddress = { ipv4: "10.1.0.1", ipv6: "fd00::1" };

/** How a server is observed. */
export interface Manner {
  /** The certificate that a probe shows. */
  readonly identity: Identity;
  /** Whether the server logs the line of a trusted connection, which PostgreSQL does since 17. */
  readonly tellsTrust: boolean;
  /** Whether to answer a demand for a password. A server that passes it on to another one would wait for that. */
  readonly answersPassword: boolean;
}

/** Connects to a server and fails to authenticate, so that its log tells which line it has matched. */
export async function observe(server: Postgres, probe: Probe, manner: Manner): Promise<Observation> {
  const mark = server.log.mark();
  const wire = await Wire.open(
    probe.address === null
      ? { socket: server.socket }
      : {
          host: probe.address.includes(":") ? serverAddress.ipv6 : serverAddress.ipv4,
          port: server.port,
          from: probe.address,
        },
    probe.ssl ? (probe.certificate ? manner.identity : null) : undefined,
  );
  try {
    wire.startup({
      user: probe.user,
      ...(probe.database !== "" && { database: probe.database }),
      ...(probe.replication !== false && { replication: probe.replication === true ? "true" : "database" }),
    });
    const { answer, message } = await converse(wire, manner);
    if (!tellsLine(answer, manner)) return { answer, message, line: undefined, file: undefined };
    return { answer, message, ...(await matchedLine(server.log, mark)) };
  } finally {
    wire.close();
  }
}

function tellsLine(answer: Observation["answer"], { tellsTrust, answersPassword }: Manner): boolean {
  if (answer === "trust") return tellsTrust;
  if (answer === "password") return answersPassword;
  return ["md5", "scram", "cert", "certificate mismatch", "ident", "peer"].includes(answer);
}

interface Reply {
  readonly answer: Observation["answer"];
  readonly message: string;
}

async function converse(wire: Wire, { answersPassword }: Manner): Promise<Reply> {
  const first = await wire.receive();
  if (first === undefined) return { answer: "other", message: "closed without a word" };
  if (first.type === "E") return refusal(errorText(first));
  const demand = first.body.readInt32BE(0);
  switch (demand) {
    case 0:
      return { answer: "trust", message: "" };
    case 3:
      if (!answersPassword) return { answer: "password", message: "" };
      wire.send("p", cstring("wrong"));
      return { answer: "password", message: await lastWords(wire) };
    case 5:
      wire.send("p", cstring(`md5${"0".repeat(32)}`));
      return { answer: "md5", message: await lastWords(wire) };
    case 7:
      return { answer: "gss", message: "" };
    case 10: {
      if (!first.body.includes("SCRAM-SHA-256\0"))
        return { answer: "oauth", message: first.body.toString("latin1", 4) };
      wire.send("p", ...scramFirst());
      const challenge = await wire.receive();
      if (challenge?.type !== "R")
        return { answer: "other", message: challenge === undefined ? "" : errorText(challenge) };
      wire.send("p", scramFinal(challenge.body.toString("latin1", 4)));
      return { answer: "scram", message: await lastWords(wire) };
    }
    default:
      return { answer: "other", message: `authentication request ${String(demand)}` };
  }
}

async function lastWords(wire: Wire): Promise<string> {
  const message = await wire.receive();
  return message === undefined ? "" : message.type === "E" ? errorText(message) : `unexpected ${message.type}`;
}

function refusal(message: string): Reply {
  const answers: readonly (readonly [RegExp, Observation["answer"]])[] = [
    [/^no pg_hba\.conf entry for /, "none"],
    [/^pg_hba\.conf rejects /, "reject"],
    [/^connection requires a valid client certificate/, "certificate required"],
    [/^certificate authentication failed /, "cert"],
    [/^Ident authentication failed /, "ident"],
    [/^Peer authentication failed /, "peer"],
    [/^"trust" authentication failed /, "certificate mismatch"],
  ];
  return { answer: answers.find(([pattern]) => pattern.test(message))?.[1] ?? "other", message };
}

const matched = /Connection matched (?:pg_hba\.conf|file "(?<file>[^"]*)") line (?<line>\d+)/;
const trusted = /connection authenticated: .* method=trust \((?<file>.*):(?<line>\d+)\)$/;

async function matchedLine(log: Log, mark: number): Promise<Pick<Observation, "line" | "file">> {
  const said = await log.line(
    new RegExp(`${matched.source.replaceAll(/\?<\w+>/g, "?:")}|${trusted.source.replaceAll(/\?<\w+>/g, "?:")}`),
    mark,
  );
  const { line, file } = (matched.exec(said) ?? trusted.exec(said))?.groups ?? {};
  return { line: Number(line), file };
}
