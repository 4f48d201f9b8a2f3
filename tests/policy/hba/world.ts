/** What the generated files talk about: who is there to connect, and from where. */

/** Every role with all that it is a member of, directly or not. */
export const roles: ReadonlyMap<string, readonly string[]> = new Map([
  ["app_user", ["staff", "everyone"]],
  ["intruder", []],
  ["md5_user", ["staff", "everyone"]],
  ["streaming_replica", []],
  ["cnpg_pooler_pgbouncer", []],
  ["staff", ["everyone"]],
  ["everyone", []],
  ["App_User", []],
  ["all", ["quiet", "everyone"]],
  ["+staff", []],
  ["my user", ["quiet", "everyone"]],
  ["quiet", ["everyone"]],
  ["app_db", []],
  ["u".repeat(63), ["staff", "everyone"]],
]);

/** The direct memberships. `quiet` does not inherit, which pg_hba.conf does not care about. */
export const memberships: readonly (readonly [member: string, role: string])[] = [
  ["app_user", "staff"],
  ["md5_user", "staff"],
  ["u".repeat(63), "staff"],
  ["staff", "everyone"],
  ["all", "quiet"],
  ["my user", "quiet"],
  ["my user", "everyone"],
  ["quiet", "everyone"],
];
export const nonInheriting = ["quiet", "my user"];
export const withMd5Verifier = "md5_user";
export const withScramVerifier = "app_user";
export const stranger = "nobody_knows";

export const databases: readonly string[] = [
  "app",
  "app_db",
  "postgres",
  "replication",
  "all",
  "ALL",
  "App",
  "sameuser",
  "staff",
  "everyone",
  "my db",
  "été",
  "d".repeat(63),
  "d".repeat(70),
  "app1",
  "/^app",
];

export const users: readonly string[] = [...roles.keys(), stranger, `${"u".repeat(63)}v`, "APP_USER"];

/** The addresses that clients connect from, with the names that they resolve to. */
export const ipv4: ReadonlyMap<string, string | null> = new Map([
  ["127.0.0.1", "localhost"],
  ["127.0.0.2", null],
  ["10.0.0.5", "db.example.test"],
  ["10.0.0.6", null],
  ["10.1.0.1", null],
  ["10.1.0.7", "app.example.test"],
  ["10.1.1.7", null],
  ["10.244.0.12", "App.Example.Test"],
  ["10.244.3.200", null],
  ["8.0.0.1", null],
  ["8.8.0.1", null],
  ["192.168.2.20", null],
  ["192.168.2.21", "ALL"],
  ["172.16.5.4", null],
  ["100.64.0.9", "example.test"],
  ["128.0.0.1", null],
  ["203.0.113.7", null],
  ["255.0.0.1", null],
]);
export const ipv6: ReadonlyMap<string, string | null> = new Map([
  ["::1", "localhost"],
  ["fd00::1", null],
  ["fd00::5", "six.example.test"],
  ["fd00:1::7", null],
  ["fd00:1:2::9", null],
  ["2001:db8::10", null],
  ["2001:db8:1::1", null],
  ["fc00:8000::1", null],
  ["2a01:4f8::2", "any"],
]);
export const hostnames: ReadonlyMap<string, string | null> = new Map([...ipv4, ...ipv6]);

/** The addresses on the server's interface; all others are routed to it without being its own. */
export const serverAddresses = [
  { address: "127.0.0.1", netmask: "255.0.0.0", prefix: 8 },
  { address: "10.1.0.1", netmask: "255.255.255.0", prefix: 24 },
  { address: "192.168.2.20", netmask: "255.255.255.255", prefix: 32 },
  { address: "::1", netmask: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", prefix: 128 },
  { address: "fd00::1", netmask: "ffff:ffff:ffff:ffff::", prefix: 64 },
];
