import { images, loadBalancerTypes, locations, serverTypes } from "./catalogue.ts";
import { ApiProblem, type Item, type Store } from "./store.ts";

type Body = Record<string, unknown> & { name: string };
type Named = { id: number; name: string };

const SERVERS_PER_GROUP = 10;

/** Makes an item of a collection from a request, with the fields that the API adds. */
export function create(store: Store, collection: string, body: Body): Item {
  const common = {
    name: body.name,
    labels: body["labels"] ?? {},
    created: new Date().toISOString(),
    protection: { delete: false },
  };
  switch (collection) {
    case "networks":
      return store.add(collection, {
        ...common,
        ip_range: body["ip_range"],
        subnets: ((body["subnets"] ?? []) as object[]).map(subnet),
        routes: [],
        servers: [],
        load_balancers: [],
        expose_routes_to_vswitch: false,
      });
    case "firewalls":
      return store.add(collection, { ...common, rules: body["rules"] ?? [], applied_to: [] });
    case "placement_groups":
      return store.add(collection, { ...common, type: body["type"], servers: [] });
    case "ssh_keys":
      return store.add(collection, { ...common, public_key: body["public_key"], fingerprint: "00:00" });
    case "primary_ips":
      return store.add(collection, {
        ...common,
        type: body["type"],
        ip: `203.0.113.${String(store.all(collection).length + 1)}`,
        auto_delete: body["auto_delete"] ?? false,
        assignee_id: null,
        assignee_type: "server",
        blocked: false,
        dns_ptr: [],
        location: chosen(locations, body["location"], "location"),
      });
    case "servers":
      return createServer(store, body, common);
    case "load_balancers":
      return store.add(collection, {
        ...common,
        public_net: {
          enabled: body["public_interface"] ?? true,
          ipv4: { ip: "203.0.113.250", dns_ptr: "" },
          ipv6: { ip: "2001:db8::1", dns_ptr: "" },
        },
        private_net: [],
        location: chosen(locations, body["location"], "location"),
        load_balancer_type: chosen(loadBalancerTypes, body["load_balancer_type"], "load_balancer_type"),
        algorithm: body["algorithm"] ?? { type: "round_robin" },
        services: [],
        targets: [],
        outgoing_traffic: 0,
        ingoing_traffic: 0,
        included_traffic: 1,
      });
    default:
      throw new ApiProblem(404, "not_found", `no such collection ${collection}`);
  }
}

export function subnet(asked: object): Record<string, unknown> {
  return { gateway: "10.0.0.1", vswitch_id: null, ...asked };
}

function createServer(store: Store, body: Body, common: object): Item {
  const type = chosen(serverTypes, body["server_type"], "server_type");
  const location = chosen(locations, body["location"], "location");
  const image = images.find(({ name, architecture }) => name === body["image"] && architecture === type.architecture);
  const network = body["public_net"] as { ipv4?: number; enable_ipv4?: boolean } | undefined;
  const address = network?.ipv4 === undefined ? undefined : store.get("primary_ips", network.ipv4);
  const group =
    typeof body["placement_group"] === "number" ? store.get("placement_groups", body["placement_group"]) : null;
  const members = (group?.["servers"] ?? []) as number[];
  if (members.length >= SERVERS_PER_GROUP) {
    throw new ApiProblem(409, "placement_error", "the placement group has no room for another server");
  }
  const { user_data: userData } = body;
  if (typeof userData === "string" && Buffer.byteLength(userData) > 32 * 1024) {
    throw new ApiProblem(422, "invalid_input", "invalid input in field 'user_data'");
  }
  const server = store.add("servers", {
    ...common,
    status: "running",
    server_type: type,
    location,
    datacenter: null,
    image,
    iso: null,
    rescue_enabled: false,
    locked: false,
    backup_window: null,
    outgoing_traffic: 0,
    ingoing_traffic: 0,
    included_traffic: 1,
    primary_disk_size: type.disk,
    volumes: [],
    load_balancers: [],
    protection: { delete: false, rebuild: false },
    placement_group: group,
    public_net: {
      ipv4: address ? { id: address.id, ip: address["ip"], blocked: false, dns_ptr: "" } : null,
      ipv6: null,
      floating_ips: [],
      firewalls: ((body["firewalls"] ?? []) as { firewall: number }[]).map(({ firewall: id }) => ({
        id,
        status: "applied",
      })),
    },
    private_net: [],
  });
  store.userData.set(server.id, typeof userData === "string" ? userData : "");
  members.push(server.id);
  if (address) address["assignee_id"] = server.id;
  for (const id of (body["networks"] ?? []) as number[]) attach(store, server, { network: id });
  return server;
}

/** Attaches a server or a load balancer to a network, at the address it asks for. */
export function attach(store: Store, item: Item, asked: { network: number; ip?: string }): void {
  const network = store.get("networks", asked.network);
  const attached = [...store.all("servers"), ...store.all("load_balancers")];
  const taken = attached.flatMap(({ private_net: nets }) => nets as { ip: string }[]);
  const ip = asked.ip ?? `10.0.0.${String(taken.length + 2)}`;
  if (taken.some((net) => net.ip === ip)) throw new ApiProblem(409, "ip_not_available", `IP ${ip} is already in use`);
  (item["private_net"] as object[]).push({
    network: network.id,
    ip,
    alias_ips: [],
    mac_address: "86:00:00:00:00:01",
  });
  (network[store.all("servers").includes(item) ? "servers" : "load_balancers"] as number[]).push(item.id);
}

/** By name or number. */
function chosen<T extends Named>(among: readonly T[], asked: unknown, field: string): T {
  const found = among.find(({ id, name }) => name === asked || id === Number(asked));
  if (!found) throw new ApiProblem(422, "invalid_input", `invalid input in field '${field}'`);
  return found;
}
