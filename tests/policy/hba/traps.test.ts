import { describe, expect, test } from "vitest";
import { type Connection, hba, type HbaArgs, type Major, majors } from "../../../policy/analysis/hba/index.ts";

const client: Connection = {
  address: "10.0.0.5",
  ssl: true,
  replication: false,
  database: "app",
  user: "app_user",
  roles: ["staff"],
  hostname: null,
};

function decide(text: string, probe: Partial<Connection> = {}, args: Partial<HbaArgs> = {}) {
  const [decision] = hba({ text, major: 17, probes: [{ ...client, ...probe }], ...args }).decisions;
  return decision;
}

function method(text: string, probe: Partial<Connection> = {}, args: Partial<HbaArgs> = {}) {
  return decide(text, probe, args)?.method;
}

function accepted(text: string, major: Major = 17) {
  return hba({ text, major }).accepted;
}

const refusal = { line: null, method: null };

describe("the traps of pg_hba.conf", () => {
  test("H1: the first match wins, also over what would let the client in", () => {
    expect(decide("host all all 10.0.0.0/8 reject\nhost all all all trust")).toEqual({ line: 1, method: "reject" });
    expect(decide("host all intruder all trust")).toEqual(refusal);
  });

  test("H2: physical replication meets only the keyword", () => {
    const physical = { replication: true, user: "streaming_replica", database: "replication" };
    expect(method("host all all all trust", physical)).toBeNull();
    expect(method('host "replication" all all trust', physical)).toBeNull();
    expect(method("host replication all all trust", physical)).toBe("trust");
    expect(method("host replication all all trust", { replication: "database", database: "replication" })).toBeNull();
    expect(method('host "replication" all all trust', { database: "replication" })).toBe("trust");
  });

  test("H3: quotes take away what keywords mean, if they come first", () => {
    expect(method('host "all" all all trust')).toBeNull();
    expect(method('host a"ll" all all trust')).toBe("trust");
    expect(method('host all "+staff" all trust')).toBeNull();
    expect(method('host all +"staff" all trust')).toBe("trust");
    expect(method('host all all "all" trust')).toBeNull();
  });

  test("H4: host names that nobody has", () => {
    for (const name of ["ALL", "any", "*", "${podselector:app}", "podSelectorRefs(app=myapp)"]) {
      expect(decide(`host all all ${name} trust`)).toEqual(refusal);
      expect(decide(`host all all ${name} trust`, { hostname: undefined })).toEqual(refusal);
    }
    expect(method("host ALL all all trust")).toBeNull();
  });

  test("H5: a backslash swallows the next line, out of a comment, too", () => {
    const closing = "host all all all reject\nhost all all all scram-sha-256";
    expect(decide(`# why \\\n${closing}`)).toEqual({ line: 3, method: "scram-sha-256" });
    expect(decide(`# why \\ \n${closing}`)).toEqual({ line: 2, method: "reject" });
    expect(decide(`# why \\\r\n${closing}`)).toEqual({ line: 3, method: "scram-sha-256" });
  });

  test("H6: what only newer versions know", () => {
    const counts = (text: string) => majors.filter((major) => accepted(text, major));
    expect(majors.filter((major) => method("host /^app all all trust", {}, { major }) === "trust")).toEqual([
      16, 17, 18,
    ]);
    expect(method("host /^app all all trust", { database: "/^app" }, { major: 15 })).toBe("trust");
    expect(counts("host /( all all trust")).toEqual([14, 15]);
    expect(counts("include_if_exists missing\nhost all all all trust")).toEqual([16, 17, 18]);
    const oauth = "host all all all oauth issuer=https://issuer.test scope=openid";
    expect(hba({ text: oauth, major: 18, server: { oauthValidators: ["v"] } }).accepted).toBe(true);
    expect(hba({ text: oauth, major: 18 }).errors).toEqual([
      { line: 1, message: "oauth_validator_libraries must be set for authentication method oauth" },
    ]);
    expect(hba({ text: oauth, major: 17 }).errors).toEqual([
      { line: 1, message: 'invalid authentication method "oauth"' },
    ]);
  });

  test("H7: numbers that are not what they look like", () => {
    expect(method("host all all 010.0.0.5/32 trust")).toBeNull();
    expect(method("host all all 010.0.0.5/32 trust", { address: "8.0.0.5" })).toBe("trust");
    expect(method("host all all 10.0.0/24 trust")).toBe("trust");
    expect(method("host all all 10.0.0.77/24 trust")).toBe("trust");
    expect(method("host all all 10.9.0.5 255.0.255.255 trust")).toBe("trust");
    expect(method("host all all ::ffff:10.0.0.5/128 trust")).toBeNull();
    expect(method("host all all ::/0 trust")).toBeNull();
    expect(method("host all all 0.0.0.0/0 trust", { address: "fd00::5" })).toBeNull();
  });

  test("H8: blanks around commas, and bytes that are no blanks", () => {
    expect(method("host other, app all all trust")).toBe("trust");
    expect(accepted("host other ,app all all trust")).toBe(false);
    expect(accepted("host\u00a0all all all trust")).toBe(false);
    expect(accepted("\ufeffhost all all all trust")).toBe(false);
  });

  test("H9: one bad line refuses the file", () => {
    const report = hba({ text: "host all all all trust\nhost all all all scram", major: 17, probes: [client] });
    expect(report.accepted).toBe(false);
    expect(report.errors).toEqual([{ line: 2, message: 'invalid authentication method "scram"' }]);
    expect(report.decisions[0]).toMatchObject({ ...refusal, undecided: expect.any(String) as string });
    expect(accepted("hostssl all all all scram-sha-256 clientcert=1")).toBe(false);
    expect(accepted("# nothing")).toBe(false);
  });

  test("H9: hostssl without TLS is in force and never met", () => {
    const {
      accepted: taken,
      rules,
      decisions,
    } = hba({
      text: "hostssl all all all trust",
      major: 17,
      server: { ssl: false },
      probes: [{ ...client, ssl: false }],
    });
    expect(taken).toBe(true);
    expect(rules[0]?.error).toBe("hostssl record cannot match because SSL is disabled");
    expect(decisions).toEqual([refusal]);
  });

  test("H10: what methods imply and exclude", () => {
    expect(hba({ text: "hostssl all all all cert", major: 17 }).rules[0]?.options).toEqual(["clientcert=verify-full"]);
    expect(accepted("host all all all scram-sha-256 clientcert=verify-ca")).toBe(false);
    expect(accepted("hostssl all all all scram-sha-256 map=m")).toBe(false);
    expect(accepted("host all all all cert")).toBe(false);
  });

  test("H11: samenet and samehost depend on the server's addresses", () => {
    expect(decide("host all all samenet trust")?.undecided).toContain("samenet depends on the server's own addresses");
    const addresses = [{ address: "10.0.0.1", netmask: "255.255.255.0" }];
    expect(method("host all all samenet trust", {}, { server: { addresses } })).toBe("trust");
    expect(method("host all all samehost trust", {}, { server: { addresses } })).toBeNull();
    expect(method("host all all samehost trust", { address: "127.0.0.1" })).toBe("trust");
  });
});

describe("what the text alone does not decide", () => {
  test("a host name depends on the name service unless the client's is known", () => {
    expect(decide("host all all app.example.test trust", { hostname: undefined })?.undecided).toContain(
      "app.example.test",
    );
    expect(method("host all all .example.test trust", { hostname: "App.Example.test" })).toBe("trust");
    expect(method("host all all example.test trust", { hostname: "app.example.test" })).toBeNull();
  });

  test("what is not known does not matter where the rest of the line does not match", () => {
    expect(method("host other all samenet trust\nhost all all all reject")).toBe("reject");
  });

  test("the answer is the one that holds if an unknown line does not match, and says so", () => {
    expect(decide("host all all samenet trust\nhost all all all reject")).toEqual({
      line: 2,
      method: "reject",
      undecided: "line 1: samenet depends on the server's own addresses",
    });
  });

  test("no regular expression makes it hang", () => {
    const start = process.cpuUsage();
    expect(method("host all /^(a+)+$ all trust\nhost all all all reject", { user: `${"a".repeat(60)}b` })).toBe(
      "reject",
    );
    expect(decide(`host all "/${"(a*)*".repeat(30)}(b)\\1{9}" all trust`, { user: "a".repeat(63) })).toBeDefined();
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(1);
  });

  test("no nesting makes it fail", () => {
    const nested = (depth: number, open: string) => `host all "/${open.repeat(depth)}a${")*".repeat(depth)}" all trust`;
    expect(method(nested(200, "(?:"))).toBe("trust");
    expect(decide(nested(100_000, "("))?.undecided).toContain("too much to evaluate");
    expect(accepted(`host all "/${"(".repeat(100_000)}" all trust`)).toBe(true);
  });

  test("a list that includes itself ends", () => {
    const files = { read: () => "app_user @self", list: () => undefined };
    for (const major of majors) {
      const report = hba({ text: "host all @self all trust", major, location: { path: "/pg_hba.conf", files } });
      expect(report.errors).toEqual([
        { line: 1, message: 'could not open file "/self": maximum nesting depth exceeded' },
      ]);
    }
  });

  test("lists of the same names are as long as they like", () => {
    const text = `host all ${"user_name,".repeat(100_000)}app_user all trust`;
    expect(method(text)).toBe("trust");
    expect(method(text, {}, { major: 15 })).toBe("trust");
  });
});

test("an input larger than any Kubernetes object is refused as such", () => {
  expect(() => hba({ text: "#".repeat(50_000_000), major: 17 })).toThrow(
    /has more than 2097152 bytes: give a smaller file/,
  );
});
