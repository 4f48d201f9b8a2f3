import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import type { AnalyzerResource, AnalyzeRequest } from "@pulumi/pulumi/proto/analyzer_pb.js";
import { resourceAt, type Resource } from "../analysis/resources.ts";
import { concerns } from "../rules/judge.ts";
import type { Rule } from "../rules/rule.ts";
import { stackOf, type Stack } from "../rules/stack.ts";
import { plainValue } from "./values.ts";

const asked = new Map<string, Resource>();
let everything: Stack | undefined;

/**
 * Reads what the engine sends once, as it comes in, and of single resources only those that a rule is about. The SDK would
 * read all of it for each policy anew, which is most of what a large stack costs: it is left nothing to read, and the
 * policies ask here.
 */
export function readRequestsOnce(rules: readonly Rule[]): void {
  const { analyze, analyzeStack } = AnalyzerService;
  const [deserializeOne, deserializeAll] = [analyze.requestDeserialize, analyzeStack.requestDeserialize];
  const isJudged = remembered((type) => rules.some((rule) => rule.scope !== "stack" && concerns(rule, type)));
  analyze.requestDeserialize = (bytes) => {
    const request = deserializeOne(bytes);
    if (isJudged(request.getType())) asked.set(request.getUrn(), resourceOf(request));
    request.getProperties()?.getFieldsMap().clear();
    return request;
  };
  analyzeStack.requestDeserialize = (bytes) => {
    const request = deserializeAll(bytes);
    everything = stackOf(request.getResourcesList().map((sent) => resourceOf(sent, referencesOf(sent))));
    return request.setResourcesList([]);
  };
}

/** The resource that the engine asks about; undefined where no rule is about its type. */
export function resourceAsked(urn: string): Resource | undefined {
  return asked.get(urn);
}

/** All that the engine asks about at the end. */
export function stackAsked(): Stack | undefined {
  return everything;
}

/** Of what values were made, the engine tells only together with everything else. */
function referencesOf(sent: AnalyzerResource): Resource["references"] {
  const references: Record<string, readonly string[]> = {};
  sent.getPropertydependenciesMap().forEach((resources, property) => {
    references[property] = resources.getUrnsList();
  });
  return references;
}

function resourceOf(sent: AnalyzeRequest | AnalyzerResource, references?: Resource["references"]): Resource {
  const urn = sent.getUrn();
  const registration = {
    type: sent.getType(),
    name: sent.getName(),
    urn,
    protect: sent.getOptions()?.getProtect() ?? false,
    references,
  };
  const document = { value: plainValue(sent.getProperties()?.toJavaScript() ?? {}), lineOf: () => 1 };
  return resourceAt(document, [], registration, urn, []);
}

function remembered(answer: (question: string) => boolean): (question: string) => boolean {
  const answers = new Map<string, boolean>();
  return (question) => {
    const known = answers.get(question) ?? answer(question);
    answers.set(question, known);
    return known;
  };
}
