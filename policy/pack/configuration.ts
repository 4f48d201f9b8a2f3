import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import type { ConfigureAnalyzerRequest } from "@pulumi/pulumi/proto/analyzer_pb.js";
import type { Json, JsonObject } from "../analysis/json.ts";
import { levelKey, unknownNames } from "../rules/configuration.ts";
import type { Rule } from "../rules/rule.ts";

/**
 * Makes the pack refuse a configuration with names of rules or parameters that there are not, or with a level that none has.
 * The engine lets these pass and the SDK has no place to ask, so the request is looked at where it is read.
 */
export function refuseWrongConfiguration(rules: readonly Rule[]): void {
  const { configure } = AnalyzerService;
  const read = configure.requestDeserialize;
  configure.requestDeserialize = (bytes) => {
    const request = read(bytes);
    const problems = [...unknownNames(configurationIn(request), rules), ...remediating(request)];
    if (problems.length > 0) throw new Error(["the rules are configured wrongly:", ...problems].join("\n  "));
    return request;
  };
}

function configurationIn(request: ConfigureAnalyzerRequest): JsonObject {
  const entries = request.getPolicyconfigMap().toArray();
  return Object.fromEntries(
    entries.map(([name, policy]) => [name, (policy.getProperties()?.toJavaScript() ?? {}) as Record<string, Json>]),
  );
}

function remediating(request: ConfigureAnalyzerRequest): string[] {
  return request
    .getPolicyconfigMap()
    .toArray()
    .filter(([, policy]) => policy.getEnforcementlevel() === analyzer.EnforcementLevel.REMEDIATE)
    .map(([name]) => `${name}.${levelKey}: got "remediate", expected "mandatory", "advisory" or "disabled"`);
}
