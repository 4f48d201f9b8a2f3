import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { perform } from "./actions.ts";
import { images, loadBalancerTypes, locations, serverTypes } from "./catalogue.ts";
import { create } from "./create.ts";
import { ApiProblem, Store, type Action, type Item } from "./store.ts";

export interface FakeOptions {
  /** The one token that is let in. */
  token: string;
  /** Milliseconds that an action runs. */
  actionMs: number;
}

/**
 * A Hetzner project that lives in this process: servers, networks, firewalls, placement groups, primary IPs, SSH keys, load
 * balancers.
 */
export interface Fake {
  /** Endpoint for clients. */
  readonly url: string;
  readonly store: Store;
  /** Answers the next so many requests that match with this error. */
  failNext(method: string, path: RegExp, problem: ApiProblem, times?: number): void;
  close(): void;
}

type Answer = [status: number, body: object | undefined];

const FIXED: Record<string, { id: number; name: string; architecture?: string }[]> = {
  locations,
  server_types: serverTypes,
  load_balancer_types: loadBalancerTypes,
  images,
};

/** Starts the fake on a port of the loopback. */
export async function startFake({ token, actionMs }: FakeOptions): Promise<Fake> {
  const store = new Store();
  const faults: { method: string; path: RegExp; problem: ApiProblem; times: number }[] = [];
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const { method = "GET" } = request;
    const url = new URL(request.url ?? "/", "http://fake");
    if (request.headers.authorization !== `Bearer ${token}`) {
      throw new ApiProblem(401, "unauthorized", "unable to authenticate");
    }
    const fault = faults.find((one) => one.times > 0 && one.method === method && one.path.test(url.pathname));
    if (fault) {
      fault.times -= 1;
      throw fault.problem;
    }
    const body = await text(request);
    const parsed = (body === "" ? {} : JSON.parse(body)) as Record<string, unknown> & { name: string };
    return route(store, actionMs, method, url, parsed);
  };
  const server = createServer((request, response) => {
    void answer(request)
      .catch((error: unknown): Answer => {
        if (!(error instanceof ApiProblem)) throw error;
        return [error.status, { error: { code: error.code, message: error.message, details: null } }];
      })
      .then(([status, body]) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(body === undefined ? undefined : JSON.stringify(body));
      });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/v1`,
    store,
    failNext: (method, path, problem, times = 1) => faults.push({ method, path, problem, times }),
    close: () => server.close(),
  };
}

function route(
  store: Store,
  actionMs: number,
  method: string,
  url: URL,
  body: Record<string, unknown> & { name: string },
): Answer {
  const [collection = "", id, sub, command = ""] = url.pathname.replace(/^\/v1\//, "").split("/");
  const shown = (action: Action) => actionBody(action, actionMs);
  if (collection === "actions") {
    const ids = id === undefined ? url.searchParams.getAll("id") : [id];
    const actions = ids.map((one) => shown(store.action(Number(one))));
    return id === undefined ? [200, page("actions", actions)] : [200, { action: actions[0] }];
  }
  const singular = collection.replace(/s$/, "");
  const fixed = FIXED[collection];
  const list: { id: number; name?: string; architecture?: string }[] = fixed ?? store.all(collection);
  if (method === "GET") {
    if (id !== undefined) {
      const found = fixed ? fixed.find((one) => one.id === Number(id)) : store.get(collection, Number(id));
      if (!found) throw new ApiProblem(404, "not_found", `${singular} with ID ${id} not found`);
      return [200, { [singular]: found }];
    }
    return [
      200,
      page(
        collection,
        list.filter((one) => matches(one, url.searchParams)),
      ),
    ];
  }
  if (id === undefined) {
    const made = create(store, collection, body);
    const action = shown(store.begin(`create_${singular}`, { id: made.id, type: singular }));
    if (["servers", "load_balancers"].includes(collection)) {
      return [201, { [singular]: made, action, next_actions: [], root_password: null }];
    }
    return [201, { [singular]: made, action: null, actions: [] }];
  }
  const item = store.get(collection, Number(id));
  if (method === "PUT") return [200, { [singular]: Object.assign(item, body) }];
  if (method === "DELETE") {
    remove(store, collection, item);
    return collection === "servers" ? [200, { action: shown(store.begin("delete_server")) }] : [204, undefined];
  }
  if (sub !== "actions") throw new ApiProblem(404, "not_found", `no such path ${url.pathname}`);
  perform(store, collection, item, command, body);
  const action = shown(store.begin(command, { id: item.id, type: singular }));
  return [201, collection === "firewalls" ? { actions: [action] } : { action }];
}

/** What is in use stays: networks with something in them, addresses that a server has. */
function remove(store: Store, collection: string, item: Item): void {
  const attached = [item["servers"], item["load_balancers"]].flat().filter((id) => id !== undefined);
  const used = collection === "networks" ? attached.length > 0 : item["assignee_id"] != null;
  if (used) throw new ApiProblem(409, "resource_in_use", "resource is still in use");
  store.remove(collection, item.id);
  for (const holder of [...store.all("networks"), ...store.all("placement_groups")]) {
    const members = holder[collection];
    if (Array.isArray(members) && members.includes(item.id)) members.splice(members.indexOf(item.id), 1);
  }
  for (const address of store.all("primary_ips")) if (address["assignee_id"] === item.id) address["assignee_id"] = null;
}

function matches(one: { name?: string; architecture?: string }, query: URLSearchParams): boolean {
  const [name, architecture] = [query.get("name"), query.get("architecture")];
  return (name === null || one.name === name) && (architecture === null || one.architecture === architecture);
}

function actionBody({ id, command, started, resources }: Action, actionMs: number): object {
  const done = Date.now() - started >= actionMs;
  return {
    id,
    command,
    status: done ? "success" : "running",
    progress: done ? 100 : 50,
    started: new Date(started).toISOString(),
    finished: done ? new Date(started + actionMs).toISOString() : null,
    resources,
    error: null,
  };
}

function page(name: string, list: unknown[]): object {
  const pagination = {
    page: 1,
    per_page: 50,
    previous_page: null,
    next_page: null,
    last_page: 1,
    total_entries: list.length,
  };
  return { [name]: list, meta: { pagination } };
}
