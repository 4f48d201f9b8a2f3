import { readFileSync } from "node:fs";
import { access } from "../analysis/access/index.ts";
import { parseManifests } from "../analysis/load/index.ts";
import { render } from "../cli/format.ts";

/** Prints the milliseconds of CPU that `guard access` takes for the manifests on standard input, start-up left out. */
const text = readFileSync(0, "utf8");
const before = process.cpuUsage();
const { objects } = parseManifests(text, "-");
const { rows } = access(objects, "standard", []);
render({ data: { rows }, sections: [] }, "json");
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ rows: rows.length, milliseconds: (user + system) / 1000 }));
