import { expect, test } from "vitest";
import type { JsonObject } from "../../../../policy/analysis/json.ts";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { imagePinned } from "../../../../policy/rules/database/image-pinned.ts";
import { findings } from "../lab.ts";
import { cluster, clusterPatch, object } from "./lab.ts";

const digest = "sha256:507376cb4fb29498d767fbc1ed5c3a9ee6099136d3519be69bdb463b92b5120e";
const judged = (imageName: string) => findings(imagePinned, [cluster({ imageName })]);

test.each([
  ["ghcr.io/cloudnative-pg/postgresql:18.4-standard-trixie"],
  ["ghcr.io/cloudnative-pg/postgresql:16.6"],
  // With the digest beside the tag, as renovate writes it.
  [`ghcr.io/cloudnative-pg/postgresql:17.4-9@${digest}`],
  [`ghcr.io/cloudnative-pg/postgresql:17@${digest}`],
  ["registry.dev:5000/postgresql:19beta2-minimal-trixie"],
])("lets pass %s", (image) => {
  expect(judged(image)).toEqual([]);
});

test("nothing need be written: the operator's default is a full version", () => {
  const catalog = { imageCatalogRef: { kind: "ClusterImageCatalog", name: "postgresql", major: 18 } };
  expect(findings(imagePinned, [cluster({ instances: 3 }), cluster(catalog), object("Pooler", {})])).toEqual([]);
});

test.each([
  // cloudnative-pg: docs/src/samples/cluster-example-logical-source.yaml
  ["ghcr.io/cloudnative-pg/postgresql:17"],
  // cloudnative-pg: docs/src/samples/cluster-example-bis.yaml
  ["registry.dev:5000/postgresql:16"],
  // cnpg-playground: demo/yaml/us/pg-us.yaml
  ["ghcr.io/cloudnative-pg/postgresql:17-standard-bookworm"],
  ["postgres:latest"],
  ["registry.dev:5000/postgresql"],
])("finds %s", (image) => {
  expect(judged(image)).toEqual([`Cluster production/pg: ${image} may be another image tomorrow`]);
  expect(findings(imagePinned, [clusterPatch({ imageName: image })])).toHaveLength(1);
});

const images = (image: string): JsonObject => ({
  images: [
    {
      major: 18,
      image,
      extensions: [{ name: "postgis", image: { reference: image } }],
    },
  ],
  componentImages: [{ key: "pgbouncer", image }],
});

test.each([
  ["Pooler", (image: string) => ({ pgbouncer: { image } }), 1],
  ["Pooler", (image: string) => ({ template: { spec: { containers: [{ name: "pgbouncer", image }] } } }), 1],
  ["Cluster", (image: string) => ({ postgresql: { extensions: [{ name: "x", image: { reference: image } }] } }), 1],
  ["ImageCatalog", images, 3],
  ["ClusterImageCatalog", images, 3],
])("looks at all images of a %s (%#)", (kind, spec, count) => {
  expect(findings(imagePinned, [object(kind, spec("ghcr.io/x/y:18"))])).toHaveLength(count);
  expect(findings(imagePinned, [object(kind, spec("ghcr.io/x/y:3.6.1-18-trixie"))])).toEqual([]);
});

test("leaves open what is not known yet", () => {
  expect(judged(unknownValue)).toEqual(["undecided: Cluster production/pg: an image is not known before up"]);
});
