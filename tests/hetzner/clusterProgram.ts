// The program as far as the cluster, for plugin.node-test.ts.
import { sizeProblems } from "../../components/cluster/hetzner/sizes.ts";
import { openCluster } from "../../components/cluster/index.ts";
import { inspect } from "../../components/cluster/inspect.ts";
import { renderedObjects } from "../../components/rendered.ts";
import { loadSettings } from "../../config.ts";

const settings = loadSettings(sizeProblems);
const found = await inspect(settings, renderedObjects);
const cluster = openCluster("cluster", settings, found);

export const clusterUid = cluster.identity.apply(({ uid }) => uid);
export const kubeconfig = cluster.kubeconfig;
