import random from "@pulumi/random/package.json" with { type: "json" };
import { RandomProvider } from "./provider.ts";
import { serve } from "../serve.ts";

await serve(new RandomProvider(random.version), process.argv.at(-1) ?? "");
