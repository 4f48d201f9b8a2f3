import { at, isObject, list, object, text, texts, type Json } from "../json.ts";
import type { Problem } from "../objects.ts";
import { resourceAt, type Resource } from "../resources.ts";
import { readToken } from "../type-token.ts";
import type { SourceDocument } from "./documents.ts";
import { looksLikeObject, type Path } from "./kubernetes.ts";

/** Whether a document is what `pulumi preview --json` or `pulumi stack export` prints. */
export function isPulumi(value: Json): boolean {
  return isObject(value) && (Array.isArray(at(value, "deployment", "resources")) || Array.isArray(value["steps"]));
}

/** The resources of a preview (as they will be) or of a state (as they are). */
export function pulumiResources(document: SourceDocument, file: string, problems: Problem[]): Resource[] {
  const paths = Array.isArray(at(document.value, "steps")) ? previewPaths(document) : statePaths(document);
  if (unchangedAreMissing(document.value)) {
    problems.push({
      file,
      line: 1,
      message: "the preview leaves out unchanged resources: run `pulumi preview --json --show-sames`",
    });
  }
  for (const message of failuresOf(document.value)) {
    problems.push({ file, line: 1, message: `the preview failed, and shows only a part: ${message}`, unread: true });
  }
  return paths.map((path) => resource(document, path, file, problems));
}

/** What a preview ended with that came to an error: the first line of each. */
function failuresOf(value: Json): string[] {
  return list(at(value, "diagnostics"))
    .filter((diagnostic) => at(diagnostic, "severity") === "error")
    .map((diagnostic) => (text(at(diagnostic, "message")) ?? "").trim().split("\n")[0] ?? "");
}

function previewPaths({ value }: SourceDocument): Path[] {
  return list(at(value, "steps")).flatMap((step, index): Path[] => {
    const deleted = text(at(step, "op"))?.startsWith("delete") ?? false;
    return deleted || !isObject(at(step, "newState")) ? [] : [["steps", index, "newState"]];
  });
}

function statePaths({ value }: SourceDocument): Path[] {
  return list(at(value, "deployment", "resources")).flatMap((resource, index): Path[] =>
    at(resource, "delete") === true ? [] : [["deployment", "resources", index]],
  );
}

function unchangedAreMissing(value: Json): boolean {
  const same = at(value, "changeSummary", "same");
  return typeof same === "number" && same > list(at(value, "steps")).filter((step) => at(step, "op") === "same").length;
}

function resource(document: SourceDocument, path: Path, file: string, problems: Problem[]): Resource {
  const value = at(document.value, ...path);
  const type = text(at(value, "type")) ?? "";
  if (type === "kubernetes:helm.sh/v3:Release") {
    const name = text(at(value, "inputs", "name")) ?? "?";
    problems.push({
      file,
      line: document.lineOf(path),
      message: `the objects inside Helm release ${name} cannot be seen here: render the chart and add its manifests`,
    });
  }
  // The outputs of an object in a state are what the API server holds; a preview has no outputs yet.
  const isStored = readToken(type) !== undefined && looksLikeObject(object(at(value, "outputs")));
  const urn = text(at(value, "urn")) ?? "";
  const registration = {
    type,
    name: urn.slice(urn.lastIndexOf("::") + "::".length),
    urn,
    protect: at(value, "protect") === true,
    references: Object.fromEntries(
      Object.entries(object(at(value, "propertyDependencies"))).map(([property, urns]) => [property, texts(urns)]),
    ),
  };
  return resourceAt(document, [...path, isStored ? "outputs" : "inputs"], registration, file, problems);
}
