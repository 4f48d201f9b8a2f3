/** Where a question is asked from. */
export type From = "client" | "unlabelled" | "foreign";

/** How rows name them. */
export const people: Record<From, string> = {
  client: "client",
  unlabelled: "stranger: same namespace, no label",
  foreign: "stranger: another namespace, client's label",
};

/** TCP connections, first of all. */
export interface Knock {
  from: From;
  /** The `-rw` Service, every instance on PostgreSQL's port, or every instance on its manager's. */
  to: "service" | "instances" | "managers";
  expected: string;
}

/** A login at the `-rw` Service; what is left out is the client's own. */
export interface LoginAttempt {
  from: From;
  tls: "verify-full" | "plain" | "verify-full, wrong CA" | "verify-full, wrong name";
  wrongPassword?: true;
  user?: string;
  database?: string;
  expected: string;
  /** What a reader should know about an answer that is as expected. */
  note?: string;
}

const blocked = "out: network";

/** Who reaches which port. Nobody but the operator and the instances has business at the instance manager. */
export const knocks: Knock[] = [
  { from: "client", to: "service", expected: "in" },
  { from: "client", to: "instances", expected: "in" },
  { from: "client", to: "managers", expected: blocked },
  ...(["unlabelled", "foreign"] as const).flatMap((from) =>
    (["service", "instances", "managers"] as const).map((to): Knock => ({ from, to, expected: blocked })),
  ),
];

/** Who logs in how. Everyone has the right password unless it says otherwise: what stops a stranger is not ignorance. */
export const logins: LoginAttempt[] = [
  { from: "client", tls: "verify-full", expected: "in" },
  { from: "client", tls: "plain", expected: "out: pg_hba" },
  { from: "client", tls: "verify-full", wrongPassword: true, expected: "out: password" },
  { from: "client", tls: "verify-full", user: "postgres", expected: "out: pg_hba" },
  { from: "client", tls: "verify-full", user: "streaming_replica", expected: "out: pg_hba" },
  { from: "client", tls: "verify-full", database: "postgres", expected: "out: pg_hba" },
  { from: "client", tls: "verify-full", database: "nowhere", expected: "out: pg_hba" },
  { from: "client", tls: "verify-full, wrong CA", expected: "out: TLS client" },
  { from: "client", tls: "verify-full, wrong name", expected: "out: TLS client" },
  { from: "unlabelled", tls: "verify-full", expected: blocked },
  { from: "unlabelled", tls: "plain", expected: blocked },
  { from: "foreign", tls: "verify-full", expected: blocked },
  { from: "foreign", tls: "plain", expected: blocked },
];

/** After all attempts of the others the client is still served. */
export const lastLogin: LoginAttempt = {
  from: "client",
  tls: "verify-full",
  expected: "in",
  note: "still, after all of the above",
};
