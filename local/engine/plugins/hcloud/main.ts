import hcloud from "@pulumi/hcloud/package.json" with { type: "json" };
import { CheckOnlyProvider } from "../check-only/provider.ts";
import { serve } from "../serve.ts";

await serve(new CheckOnlyProvider("hcloud", hcloud.version), process.argv.at(-1) ?? "");
