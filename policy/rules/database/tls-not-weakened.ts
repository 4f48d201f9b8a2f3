import { quote, text } from "../../analysis/json.ts";
import type { KubeObject } from "../../analysis/objects.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { Finding, ObjectRule } from "../rule.ts";
import { normalized, settingsOf } from "./postgres-parameters.ts";

const versions = ["tlsv1", "tlsv1.1", "tlsv1.2", "tlsv1.3"];

/** The operator asks for TLS 1.3 by itself: only a setting of one's own can weaken it. */
export const tlsNotWeakened: ObjectRule = {
  scope: "object",
  name: "tls-not-weakened",
  level: "mandatory",
  severity: "high",
  description: "A Cluster must not offer clients an older TLS, or weaker ciphers, than the operator does by itself.",
  fix: "leave out ssl_min_protocol_version, ssl_max_protocol_version and ssl_ciphers",
  url: "https://cloudnative-pg.io/documentation/current/ssl_connections/#about-tls-protocol-versions",
  parameters: {
    minimumVersion: {
      type: "string",
      enum: ["TLSv1.2", "TLSv1.3"],
      default: "TLSv1.3",
      description: "The oldest version of TLS that clients may speak",
    },
  },
  kinds: ["Cluster.postgresql.cnpg.io"],
  judge(object, { parameters }) {
    const minimum = text(parameters["minimumVersion"]) ?? "TLSv1.3";
    const isOld = (value: string) => versions.indexOf(value) < versions.indexOf(minimum.toLowerCase());
    return [
      ...judged(object, "ssl_min_protocol_version", isOld, `not at least ${minimum}`),
      ...judged(object, "ssl_max_protocol_version", (value) => value !== "" && isOld(value), `below ${minimum}`),
      ...judged(object, "ssl_ciphers", offersWeakCipher, "not without weak ciphers"),
    ];
  },
};

function judged(object: KubeObject, name: string, isWeak: (value: string) => boolean, why: string): Finding[] {
  return settingsOf(object, name).flatMap(({ path, value }): Finding[] => {
    if (isUnknown(value)) return [{ path, message: `${name} is not known before up`, undecided: true }];
    return isWeak(normalized(value)) ? [{ path, message: `${name} is ${quote(value)}: ${why}` }] : [];
  });
}

/** OpenSSL's names of suites without encryption, without authentication, or with what is broken. */
const weak = /(?:^|[+-])(?:[ae]?null|adh|aecdh|complementofall|low|exp(?:ort)?\d*|rc[24]|3?des|md5)(?:[+-]|$)/;

function offersWeakCipher(ciphers: string): boolean {
  // A word that begins with a sign takes ciphers away, or only moves them.
  const added = ciphers.split(/[:, ]+/).filter((word) => /^\w/.test(word));
  return added.some((word) => weak.test(word)) || (added.includes("all") && !ciphers.includes("!anull"));
}
