import { describe, expect, it } from "vitest";
import { row, summary, table } from "../../../local/proof/rows.ts";

const rows = [
  row({ layer: "network", from: "client", to: "pg:5432", expected: "in", observed: "in", ok: true }),
  row({
    layer: "postgres",
    from: "a stranger",
    to: "pg-rw",
    tls: "plain",
    user: "app_user",
    database: "app",
    expected: "out: pg_hba",
    observed: "in",
    by: "PostgreSQL",
    message: "hello",
    ok: false,
  }),
  row({
    layer: "postgres",
    from: "client",
    to: "pg-rw",
    expected: "in",
    observed: "skipped",
    message: "why",
    ok: null,
  }),
];

describe("a proof", () => {
  it("counts what passed, failed and was skipped", () => {
    expect(summary(rows)).toMatchObject({ passed: 1, failed: 1, skipped: 1 });
  });

  it("reads as a table that says what was expected wherever it differs", () => {
    expect(table(summary(rows))).toBe(
      [
        "network",
        "  ok  client  pg:5432  in",
        "",
        "postgres",
        "  FAIL  a stranger  pg-rw  app_user@app  plain  in, not out: pg_hba  hello",
        "  skip  client      pg-rw                       skipped              why",
        "",
        "1 passed, 1 failed, 1 skipped",
      ].join("\n"),
    );
  });
});
