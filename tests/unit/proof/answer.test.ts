import { describe, expect, it } from "vitest";
import { read } from "../../../local/proof/answer.ts";

const at = 'connection to server at "pg-rw.production.svc" (10.96.0.17), port 5432 failed: ';

describe("read", () => {
  it.each([
    ["in", `app_user in app over TLSv1.3, from 10.244.0.9`, "in", "PostgreSQL"],
    ["connected", "", "in", "network"],
    ["refused", "Connection refused", "out: network", "network"],
    ["timeout", `${at}timeout expired`, "out: network", "network"],
    ["out", `${at}Connection refused  Is the server running on that host?`, "out: network", "network"],
    ["out", `${at}No route to host`, "out: network", "network"],
    ["out", `could not translate host name "pg-rw" to address: Name or service not known`, "out: DNS", "DNS"],
    [
      "out",
      `${at}FATAL:  pg_hba.conf rejects connection for host "10.244.0.9", user "app_user", database "app", no encryption`,
      "out: pg_hba",
      "pg_hba",
    ],
    ["out", `${at}FATAL:  no pg_hba.conf entry for host "10.244.0.9", user "app_user"`, "out: pg_hba", "pg_hba"],
    ["out", `${at}FATAL:  connection requires a valid client certificate`, "out: pg_hba", "pg_hba"],
    ["out", `${at}FATAL:  password authentication failed for user "app_user"`, "out: password", "password"],
    ["out", `${at}fe_sendauth: no password supplied`, "out: password", "password"],
    ["out", `${at}SSL error: certificate verify failed`, "out: TLS client", "TLS client"],
    ["out", `${at}root certificate file "/nowhere" does not exist`, "out: TLS client", "TLS client"],
    [
      "out",
      `${at}server certificate for "pg-rw" does not match host name "10.244.0.8"`,
      "out: TLS client",
      "TLS client",
    ],
    ["out", `${at}FATAL:  the database system is starting up`, "out: PostgreSQL", "PostgreSQL"],
    ["out", "psql: something nobody has thought of", "undecided", "nobody"],
    ["error", "Connection refused", "undecided", "nobody"],
  ] as const)("%s %s: %s", (outcome, message, observed, by) => {
    expect(read({ outcome, message })).toEqual({ observed, by });
  });
});
