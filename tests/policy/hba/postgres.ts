import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Installation } from "./installation.ts";
import { Log } from "./log.ts";
import { runOrThrow } from "./run.ts";
import type { Certificates } from "./certificates.ts";
import { Wire } from "./wire.ts";
import { memberships, nonInheriting, roles, withMd5Verifier, withScramVerifier } from "./world.ts";

/** PostgreSQL refuses to run as root; in a user namespace of its own it is somebody else. */
const asOrdinaryUser = ["--user", "--map-user=1000", "--map-group=1000"];
const superuser = "postgres";

/** A running server with the roles of the test's world. */
export class Postgres {
  readonly directory: string;
  readonly port: number;
  readonly log: Log;
  readonly #process: ChildProcess;
  #session: Wire | undefined;
  #ssl = true;

  private constructor(directory: string, port: number, child: ChildProcess) {
    this.directory = directory;
    this.port = port;
    this.#process = child;
    if (child.stderr === null) throw new Error("the server has no standard error");
    this.log = new Log(child.stderr);
  }

  /** Makes a database cluster in a directory and starts its server. */
  static async start(
    installation: Installation,
    directory: string,
    port: number,
    tls: Certificates,
  ): Promise<Postgres> {
    const data = join(directory, "data");
    mkdirSync(data, { recursive: true });
    const initdb = join(installation.bin, "initdb");
    const settings = ["--encoding=SQL_ASCII", "--locale=C", "--no-sync", "--auth=trust", `--username=${superuser}`];
    await runOrThrow("unshare", [...asOrdinaryUser, initdb, "-D", data, ...settings]);
    writeFileSync(join(data, "pg_ident.conf"), "unreadable\n");
    writeFileSync(join(data, "postgresql.conf"), configuration(installation, directory, port, tls));
    writeFileSync(join(data, "ssl.conf"), "ssl = on\n");
    const command = join(installation.bin, "postgres");
    const child = spawn("unshare", [...asOrdinaryUser, command, "-D", data], { stdio: ["ignore", "ignore", "pipe"] });
    const server = new Postgres(data, port, child);
    await server.log.line(/database system is ready to accept connections/);
    server.#session = await Wire.open({ socket: server.socket });
    server.#session.startup({ user: superuser, database: "postgres" });
    await server.#session.ready();
    for (const statement of createRoles()) await server.#query(statement);
    return server;
  }

  get socket(): string {
    return join(dirname(this.directory), `.s.PGSQL.${String(this.port)}`);
  }

  /** The path of the pg_hba.conf, against which it resolves what it includes. */
  get file(): string {
    return join(this.directory, "pg_hba.conf");
  }

  /** Installs a file with what it includes and reloads. Tells whether the server took it. */
  async reload(bytes: string, included: ReadonlyMap<string, string>, ssl: boolean): Promise<boolean> {
    const directory = join(this.directory, "included");
    rmSync(directory, { recursive: true, force: true });
    for (const [path, content] of included) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), content, "latin1");
    }
    writeFileSync(this.file, bytes, "latin1");
    if (ssl !== this.#ssl) writeFileSync(join(this.directory, "ssl.conf"), `ssl = ${ssl ? "on" : "off"}\n`);
    this.#ssl = ssl;
    const mark = this.log.mark();
    this.#process.kill("SIGHUP");
    // The server always refuses the pg_ident.conf, which it reads right after the pg_hba.conf.
    const lines = await this.log.linesUntil(/pg_ident\.conf"? was not reloaded/, mark);
    return !lines.some((line) => /pg_hba\.conf"? was not reloaded/.test(line));
  }

  /** The rows of `pg_hba_file_rules`. */
  async rows(): Promise<readonly ViewRow[]> {
    const [json = "[]"] = await this.#query("SELECT coalesce(json_agg(r), '[]') FROM pg_hba_file_rules r");
    return JSON.parse(Buffer.from(json, "latin1").toString("utf8")) as ViewRow[];
  }

  async stop(): Promise<void> {
    this.#session?.close();
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGINT");
    await exited;
  }

  #query(sql: string): Promise<readonly string[]> {
    if (this.#session === undefined) throw new Error("the server has no session");
    return this.#session.query(sql);
  }
}

/** A row of `pg_hba_file_rules`; `file_name` exists since PostgreSQL 16. */
export interface ViewRow {
  readonly file_name?: string;
  readonly line_number: number;
  readonly type: string | null;
  readonly database: readonly string[] | null;
  readonly user_name: readonly string[] | null;
  readonly address: string | null;
  readonly netmask: string | null;
  readonly auth_method: string | null;
  readonly options: readonly string[] | null;
  readonly error: string | null;
}

/** The validator library that oauth lines may name; no test gets so far as to load it. */
export const oauthValidator = "no_such_validator";

function configuration({ major }: Installation, directory: string, port: number, tls: Certificates): string {
  const settings = {
    listen_addresses: "*",
    port: String(port),
    unix_socket_directories: directory,
    max_connections: "30",
    shared_buffers: "2MB",
    fsync: "off",
    autovacuum: "off",
    jit: "off",
    lc_messages: "C",
    log_line_prefix: "",
    log_connections: major >= 17 ? "on" : "off",
    ssl_cert_file: tls.server.certFile,
    ssl_key_file: tls.server.keyFile,
    ssl_ca_file: tls.authorityFile,
    ...(major >= 18 && { oauth_validator_libraries: oauthValidator }),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'`);
  return [...lines, "include 'ssl.conf'", ""].join("\n");
}

function createRoles(): readonly string[] {
  const quote = (name: string) => `"${name}"`;
  return [
    ...[...roles.keys()].map(
      (name) => `CREATE ROLE ${quote(name)} LOGIN ${nonInheriting.includes(name) ? "NOINHERIT" : ""}`,
    ),
    ...memberships.map(([member, role]) => `GRANT ${quote(role)} TO ${quote(member)}`),
    `SET password_encryption = 'scram-sha-256'`,
    `ALTER ROLE ${withScramVerifier} PASSWORD 'right'`,
    `SET password_encryption = 'md5'`,
    `ALTER ROLE ${withMd5Verifier} PASSWORD 'right'`,
  ];
}
