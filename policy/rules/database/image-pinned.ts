import { at, list, text } from "../../analysis/json.ts";
import type { KubeObject } from "../../analysis/objects.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { ObjectRule } from "../rule.ts";

type Path = readonly (string | number)[];

/** With a tag that moves, two instances of a Cluster may run different servers, and a restart becomes an upgrade. */
export const imagePinned: ObjectRule = {
  scope: "object",
  name: "image-pinned",
  level: "advisory",
  severity: "medium",
  description: "Every image of a database must be named by its full version or by its digest.",
  fix: "write the tag with major and minor version, as in postgresql:18.4-standard-trixie, or add its digest: @sha256:…",
  url: "https://cloudnative-pg.io/documentation/current/container_images/#image-tag-requirements",
  kinds: ["Cluster", "Pooler", "ImageCatalog", "ClusterImageCatalog"].map((kind) => `${kind}.postgresql.cnpg.io`),
  judge: (object) =>
    imagePaths(object).flatMap((path) => {
      const image = at(object.body, ...path);
      if (isUnknown(image)) return [{ path, message: "an image is not known before up", undecided: true }];
      const name = text(image);
      return name === undefined || name === "" || isPinned(name)
        ? []
        : [{ path, message: `${name} may be another image tomorrow` }];
    }),
};

/** Where an object names images; the operator's own default is a full version. */
function imagePaths({ kind, body }: KubeObject): readonly Path[] {
  const each = (path: Path, ...below: Path) => list(at(body, ...path)).map((_, index) => [...path, index, ...below]);
  const extensions = (path: Path) => each(path, "image", "reference");
  switch (kind) {
    case "Cluster":
      return [["spec", "imageName"], ...extensions(["spec", "postgresql", "extensions"])];
    case "Pooler":
      return [["spec", "pgbouncer", "image"], ...each(["spec", "template", "spec", "containers"], "image")];
    default:
      return [
        ...each(["spec", "images"], "image"),
        ...each(["spec", "images"], "extensions").flatMap(extensions),
        ...each(["spec", "componentImages"], "image"),
      ];
  }
}

function isPinned(image: string): boolean {
  const [name = "", digest] = image.split("@");
  const tag = /:([^/:]+)$/.exec(name)?.[1] ?? "";
  return digest !== undefined || /^v?\d+(?:\.\d|beta|rc)/.test(tag);
}
