import { loadBalancerTypes, serverTypes } from "./catalogue.ts";
import { attach, subnet } from "./create.ts";
import { ApiProblem, type Item, type Store } from "./store.ts";

type Body = Record<string, unknown>;

/** Does what `POST /<collection>/<id>/actions/<command>` asks of an item. */
export function perform(store: Store, collection: string, item: Item, command: string, body: Body): void {
  const action = (collection === "load_balancers" ? OF_LOAD_BALANCERS : OF_OTHERS)[command] ?? OF_ALL[command];
  if (!action) throw new ApiProblem(404, "not_found", `no such action ${command} of ${collection}`);
  action(item, body, store);
}

type Actions = Record<string, (item: Item, body: Body, store: Store) => void>;

const OF_ALL: Actions = {
  attach_to_network: (item, body, store) => {
    attach(store, item, body as unknown as { network: number; ip?: string });
  },
  change_protection: (item, body) => {
    item["protection"] = { ...(item["protection"] as object), ...body };
  },
};

const OF_OTHERS: Actions = {
  add_subnet: (network, body) => {
    (network["subnets"] as object[]).push(subnet(body));
  },
  delete_subnet: (network, { ip_range: range }) => {
    network["subnets"] = (network["subnets"] as { ip_range: string }[]).filter((one) => one.ip_range !== range);
  },
  set_rules: (firewall, { rules }) => {
    firewall["rules"] = rules;
  },
  change_type: (server, { server_type: type }) => {
    if (server["status"] !== "off") throw new ApiProblem(422, "server_not_stopped", "server must be stopped");
    server["server_type"] = serverTypes.find(({ name }) => name === type);
  },
  enable_backup: (server) => {
    server["backup_window"] = "22-02";
  },
  disable_backup: (server) => {
    server["backup_window"] = null;
  },
  poweroff: (server) => {
    server["status"] = "off";
  },
  shutdown: (server) => {
    server["status"] = "off";
  },
  poweron: (server) => {
    server["status"] = "running";
  },
};

const OF_LOAD_BALANCERS: Actions = {
  disable_public_interface: (balancer) => {
    (balancer["public_net"] as Body)["enabled"] = false;
  },
  enable_public_interface: (balancer) => {
    (balancer["public_net"] as Body)["enabled"] = true;
  },
  change_type: (balancer, { load_balancer_type: type }) => {
    balancer["load_balancer_type"] = loadBalancerTypes.find(({ name }) => name === type);
  },
  detach_from_network: (balancer, { network }, store) => {
    balancer["private_net"] = (balancer["private_net"] as { network: number }[]).filter(
      (net) => net.network !== network,
    );
    const attached = store.get("networks", Number(network));
    attached["load_balancers"] = (attached["load_balancers"] as number[]).filter((id) => id !== balancer.id);
  },
  add_target: (balancer, target) => {
    (balancer["targets"] as object[]).push({ targets: [], health_status: [], ...target });
  },
  remove_target: (balancer, { type }) => {
    balancer["targets"] = (balancer["targets"] as Body[]).filter((target) => target["type"] !== type);
  },
  add_service: (balancer, service) => {
    (balancer["services"] as object[]).push({ proxyprotocol: false, ...service });
  },
  delete_service: (balancer, { listen_port: port }) => {
    balancer["services"] = (balancer["services"] as Body[]).filter((service) => service["listen_port"] !== port);
  },
};
