/** What the project can choose from, as far as tests do: fields as the API answers them. */
const zone = { "eu-central": ["fsn1", "nbg1", "hel1"] };

export const locations = Object.entries(zone).flatMap(([networkZone, names]) =>
  names.map((name, index) => ({
    id: index + 1,
    name,
    description: name,
    country: "DE",
    city: name,
    latitude: 50,
    longitude: 12,
    network_zone: networkZone,
  })),
);

export const serverTypes = ["cx33", "ccx13", "ccx23", "cax21", "cax31"].map((name, index) => ({
  id: index + 1,
  name,
  description: name,
  category: "any",
  cores: 2,
  memory: 8,
  disk: 80,
  deprecated: false,
  deprecation: null,
  prices: [],
  storage_type: "local",
  cpu_type: name.startsWith("cc") ? "dedicated" : "shared",
  architecture: name.startsWith("cax") ? "arm" : "x86",
  locations: locations.map(({ id, name: location }) => ({ id, name: location, deprecation: null })),
}));

export const loadBalancerTypes = ["lb11", "lb21", "lb31"].map((name, index) => ({
  id: index + 1,
  name,
  description: name,
  max_connections: 10_000,
  max_services: 5,
  max_targets: 25,
  max_assigned_certificates: 10,
  deprecated: null,
  prices: [],
}));

export const images = ["x86", "arm"].map((architecture, index) => ({
  id: index + 1,
  type: "system",
  status: "available",
  name: "debian-13",
  description: "Debian 13",
  image_size: null,
  disk_size: 5,
  created: "2026-01-01T00:00:00Z",
  created_from: null,
  bound_to: null,
  os_flavor: "debian",
  os_version: "13",
  rapid_deploy: true,
  protection: { delete: false },
  deprecated: null,
  deleted: null,
  labels: {},
  architecture,
}));
