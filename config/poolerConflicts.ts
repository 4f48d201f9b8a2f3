import { isDeepStrictEqual } from "node:util";
import { closest } from "fastest-levenshtein";
import type { Problem } from "./problems.ts";
import type { Client, Config, PoolerSettings } from "./schema.ts";

/**
 * PgBouncer's settings that CloudNativePG 1.30 lets through (AllowedPgbouncerGenericConfigurationParameters in its
 * internal/webhook/v1/pooler_webhook.go), without those for TLS and authentication: these are ours.
 */
const PARAMETERS = `
  application_name_add_host autodb_idle_timeout cancel_wait_timeout client_idle_timeout client_login_timeout
  default_pool_size disable_pqexec dns_max_ttl dns_nxdomain_ttl idle_transaction_timeout
  ignore_startup_parameters listen_backlog log_connections log_disconnections log_pooler_errors log_stats
  max_client_conn max_db_connections max_packet_size max_prepared_statements max_user_connections min_pool_size
  pkt_buf query_timeout query_wait_timeout reserve_pool_size reserve_pool_timeout sbuf_loopcnt
  server_check_delay server_check_query server_connect_timeout server_fast_close server_idle_timeout
  server_lifetime server_login_retry server_reset_query server_reset_query_always server_round_robin
  stats_period suspend_timeout tcp_defer_accept tcp_socket_buffer tcp_keepalive tcp_keepcnt tcp_keepidle
  tcp_keepintvl tcp_user_timeout track_extra_parameters verbose
`
  .trim()
  .split(/\s+/);

/** Names of Services are DNS labels. */
const LONGEST_NAME = 63;

/** `pg-app-pooler`: a Pooler, its Service and its ServiceAccount. */
export function poolerName(cluster: string, pooler: string): string {
  return `${cluster}-${pooler}-pooler`;
}

type User = Client & { pooler: PoolerSettings };

/** What is wrong with the clients' poolers, each by itself and among each other. */
export function poolerConflicts({ clients, database }: Config): Problem[] {
  return clients.flatMap((client, index) => {
    if (!isUser(client)) return [];
    const key = `clients[${String(index)}].pooler`;
    const first = clients.findIndex(({ pooler }) => pooler?.name === client.pooler.name);
    return [
      ...nameProblems(client.pooler, database.name, key),
      ...parameterProblems(client.pooler, key),
      ...sharingProblems(client, clients, key),
      ...(first < index ? differences(client.pooler, clients[first]?.pooler, first, key) : []),
    ];
  });
}

function isUser(client: Client): client is User {
  return client.pooler !== undefined;
}

function nameProblems({ name }: PoolerSettings, cluster: string, key: string): Problem[] {
  const full = poolerName(cluster, name);
  if (full.length <= LONGEST_NAME) return [];
  const expected = `a name of at most ${String(LONGEST_NAME)} characters in all: ${full} is to be a Service`;
  return [{ key: `${key}.name`, got: name, expected, fix: `set a shorter ${key}.name` }];
}

function parameterProblems({ parameters }: PoolerSettings, key: string): Problem[] {
  return Object.entries(parameters)
    .filter(([name]) => !PARAMETERS.includes(name))
    .map(([name, got]) => {
      const ours = /^(auth|client_tls|server_tls)/.test(name);
      return {
        key: `${key}.parameters.${name}`,
        got,
        expected: ours
          ? "none of PgBouncer's settings for TLS and authentication: they are fixed"
          : "a setting of PgBouncer that CloudNativePG lets through",
        fix: ours ? "remove it" : `did you mean ${closest(name, PARAMETERS)}? Otherwise remove it`,
      };
    });
}

/** PgBouncer cannot tell from where a client comes: who reaches it may try every role that it serves. */
function sharingProblems({ name, pooler }: User, clients: readonly Client[], key: string): Problem[] {
  const others = clients.filter((other) => other.pooler?.name === pooler.name && other.name !== name);
  if (pooler.shared || others.length === 0) return [];
  const names = others.map((other) => other.name).join(", ");
  const expected = `true: ${names} would come by pooler ${pooler.name} too, and whoever has another's password could use it`;
  const fix = `give ${name} a pooler of its own (${key}.name), or accept that and set ${key}.shared to true`;
  return [{ key: `${key}.shared`, got: pooler.shared, expected, fix }];
}

function differences(own: PoolerSettings, other: PoolerSettings | undefined, first: number, key: string): Problem[] {
  const names = (["instances", "poolMode", "parameters", "resources"] as const).filter(
    (name) => other && !isDeepStrictEqual(own[name], other[name]),
  );
  return names.map((name) => ({
    key: `${key}.${name}`,
    got: own[name],
    expected: `what clients[${String(first)}].pooler.${name} says: it is the same pooler`,
    fix: "say the same in both",
  }));
}
