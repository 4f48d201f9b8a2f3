import tls from "@pulumi/tls/package.json" with { type: "json" };
import { CheckOnlyProvider } from "../check-only/provider.ts";
import { serve } from "../serve.ts";

await serve(new CheckOnlyProvider("tls", tls.version), process.argv.at(-1) ?? "");
