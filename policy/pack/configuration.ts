import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import type { ConfigureAnalyzerRequest, PolicyConfig } from "@pulumi/pulumi/proto/analyzer_pb.js";
import type { Json, JsonObject } from "../analysis/json.ts";
import { levelKey, unknownNames } from "../rules/configuration.ts";
import type { Rule } from "../rules/rule.ts";

/**
 * Makes the pack refuse a configuration with names of rules or parameters that there are not, or with a level that none has.
 * The engine lets these pass and the SDK has no place to ask, so the request is looked at where it comes in; the SDK answers
 * with the error that reading it throws.
 */
export function refuseWrongConfiguration(rules: readonly Rule[]): void {
  const { configure } = AnalyzerService;
  const deserialize = configure.requestDeserialize;
  configure.requestDeserialize = (bytes) => {
    const request = deserialize(bytes);
    const policies = policiesIn(request);
    const problems = [...unknownNames(configurationIn(policies), rules), ...remediating(policies)];
    if (problems.length === 0) return request;
    const refusal = forPeople(["the rules are configured wrongly:", ...problems].join("\n  "));
    return Object.assign(request, {
      getPolicyconfigMap() {
        throw refusal;
      },
    });
  };
}

/** An error without a trace, which the SDK would send along. */
function forPeople(message: string): Error {
  return Object.assign(new Error(message), { stack: message });
}

function policiesIn(request: ConfigureAnalyzerRequest): (readonly [string, PolicyConfig])[] {
  const policies: (readonly [string, PolicyConfig])[] = [];
  request.getPolicyconfigMap().forEach((policy, name) => policies.push([name, policy]));
  return policies;
}

function configurationIn(policies: readonly (readonly [string, PolicyConfig])[]): JsonObject {
  return Object.fromEntries(
    policies.map(([name, policy]) => [name, (policy.getProperties()?.toJavaScript() ?? {}) as Record<string, Json>]),
  );
}

function remediating(policies: readonly (readonly [string, PolicyConfig])[]): string[] {
  return policies
    .filter(([, policy]) => policy.getEnforcementlevel() === analyzer.EnforcementLevel.REMEDIATE)
    .map(([name]) => `${name}.${levelKey}: got "remediate", expected "mandatory", "advisory" or "disabled"`);
}
