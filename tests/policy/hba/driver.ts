import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { makeCertificates } from "./certificates.ts";
import { compareServer, type Judge, type Tally } from "./differential.ts";
import { debianInstallation, type Installation, npmInstallation } from "./installation.ts";
import { setUpNetwork } from "./namespace.ts";
import { Postgres } from "./postgres.ts";
import type { Order } from "./differ.ts";

// Runs inside the namespaces: reads its order, starts the servers, compares, and writes the tallies as JSON.
const order = JSON.parse(process.argv[2] ?? "") as Order;
const judge = (await import(pathToFileURL(join(order.policy, "analysis/hba/index.ts")).href)) as Judge;
const debian = order.debian ? debianInstallation() : undefined;
const installations = [...order.majors.map(npmInstallation), ...(debian === undefined ? [] : [debian])];
const directory = mkdtempSync(join(tmpdir(), "hba-"));
try {
  await setUpNetwork(directory);
  const certificates = await makeCertificates(directory);
  console.log(JSON.stringify(await Promise.all(installations.map(compare))));

  async function compare(installation: Installation, index: number): Promise<Tally> {
    const own = join(directory, String(index));
    mkdirSync(own);
    const server = await Postgres.start(installation, own, 5432 + index, certificates);
    try {
      return await compareServer(judge, installation, server, certificates, order);
    } finally {
      await server.stop();
    }
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
