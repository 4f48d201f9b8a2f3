import { at, isObject, list, object, text, type Json } from "../json.ts";
import type { KubeObject, Problem } from "../objects.ts";
import type { SourceDocument } from "./documents.ts";
import { kubeObjects, looksLikeObject } from "./kubernetes.ts";

type Path = readonly (string | number)[];

/** Whether a document is what `pulumi preview --json` or `pulumi stack export` prints. */
export function isPulumi(value: Json): boolean {
  return isObject(value) && (Array.isArray(at(value, "deployment", "resources")) || Array.isArray(value["steps"]));
}

/** The Kubernetes objects of a preview (as they will be) or of a state (as they are). */
export function pulumiObjects(document: SourceDocument, file: string, problems: Problem[]): KubeObject[] {
  const paths = Array.isArray(at(document.value, "steps")) ? previewPaths(document) : statePaths(document);
  if (unchangedAreMissing(document.value)) {
    problems.push({
      file,
      line: 1,
      message: "the preview leaves out unchanged resources: run `pulumi preview --json --show-sames`",
    });
  }
  return paths.flatMap((path) => resourceObjects(document, path, file, problems));
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

function resourceObjects(document: SourceDocument, path: Path, file: string, problems: Problem[]): KubeObject[] {
  const type = text(at(document.value, ...path, "type")) ?? "";
  if (!type.startsWith("kubernetes:")) return [];
  if (type === "kubernetes:helm.sh/v3:Release") {
    const name = text(at(document.value, ...path, "inputs", "name")) ?? "?";
    problems.push({
      file,
      line: document.lineOf(path),
      message: `the objects inside Helm release ${name} cannot be seen here: render the chart and add its manifests`,
    });
  }
  // The outputs of a state are what the API server holds; a preview has no outputs yet.
  const field = looksLikeObject(object(at(document.value, ...path, "outputs"))) ? "outputs" : "inputs";
  return kubeObjects(document, [...path, field], file, problems);
}
