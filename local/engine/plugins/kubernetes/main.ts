import kubernetes from "@pulumi/kubernetes/package.json" with { type: "json" };
import { KubernetesProvider } from "./provider.ts";
import { engineLog } from "../log.ts";
import { serve } from "../serve.ts";

const engine = process.argv.at(-1) ?? "";
await serve(new KubernetesProvider(kubernetes.version, engineLog(engine)), engine);
