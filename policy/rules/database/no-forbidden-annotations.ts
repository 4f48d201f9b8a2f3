import { at, object as mapping, texts, type Json } from "../../analysis/json.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { ObjectRule } from "../rule.ts";

interface Forbidden {
  readonly kinds: readonly string[];
  readonly isBad: (value: Json) => boolean;
  readonly because: string;
}

const is = (bad: string) => (value: Json) => value === bad;
const clusters = ["Cluster"];
const validated = ["Cluster", "Backup", "ScheduledBackup", "Pooler", "Database"];

/** What CloudNativePG 1.30 reads in annotations, where it switches off something that guards data or access. */
const forbidden: Readonly<Record<string, Forbidden>> = {
  "cnpg.io/validation": { kinds: validated, isBad: is("disabled"), because: "the webhook lets everything pass" },
  "cnpg.io/reconciliationLoop": {
    kinds: ["Cluster", "Backup"],
    isBad: is("disabled"),
    because: "nobody fails over, mends, or follows the pods of a selector",
  },
  "cnpg.io/reconcilePodSpec": {
    kinds: ["Cluster", "Pooler"],
    isBad: is("disabled"),
    because: "pods stay as they are, whatever the manifest says",
  },
  "cnpg.io/podPatch": { kinds: clusters, isBad: () => true, because: "it may change anything in the pods unseen" },
  "cnpg.io/skipWalArchiving": { kinds: clusters, isBad: is("enabled"), because: "no WAL is archived" },
  "cnpg.io/skipEmptyWalArchiveCheck": {
    kinds: clusters,
    isBad: is("enabled"),
    because: "it may overwrite the archive of another cluster",
  },
  "cnpg.io/hibernation": { kinds: clusters, isBad: is("on"), because: "the database is switched off" },
  "cnpg.io/fencedInstances": {
    kinds: clusters,
    isBad: (value) => value !== "" && value !== "[]",
    because: "fenced instances serve nobody",
  },
  "alpha.cnpg.io/livenessPinger": {
    kinds: clusters,
    isBad: (value) => typeof value === "string" && /"enabled"\s*:\s*false/.test(value),
    because: "a primary that is cut off goes on taking writes",
  },
  "alpha.cnpg.io/enableInstancePprof": {
    kinds: clusters,
    isBad: is("true"),
    because: "it opens a debugging port that asks nobody who they are",
  },
  "cnpg.io/passwordPassthrough": {
    kinds: ["Secret"],
    isBad: is("enabled"),
    because: "the password reaches the server, and its logs, in clear text",
  },
};

const kindNames = [...new Set(Object.values(forbidden).flatMap(({ kinds }) => kinds))];

/** Annotations look harmless in a review; these undo what the rest of the manifest promises. */
export const noForbiddenAnnotations: ObjectRule = {
  scope: "object",
  name: "no-forbidden-annotations",
  level: "mandatory",
  severity: "high",
  description: "No annotation may switch off what CloudNativePG does to guard a database.",
  fix: "remove the annotation, or name it in allowed",
  url: "https://cloudnative-pg.io/documentation/current/labels_annotations/#predefined-annotations",
  parameters: {
    allowed: {
      type: "array",
      items: { type: "string", enum: Object.keys(forbidden) },
      default: [],
      description: "Annotations that may be set, such as cnpg.io/hibernation where a database may sleep",
    },
  },
  kinds: kindNames.map((kind) => (kind === "Secret" ? kind : `${kind}.postgresql.cnpg.io`)),
  judge({ kind, body }, { parameters }) {
    const path = ["metadata", "annotations"];
    const annotations = at(body, ...path);
    if (isUnknown(annotations)) return [{ path, message: "annotations are not known before up", undecided: true }];
    const allowed = texts(parameters["allowed"]);
    return Object.entries(mapping(annotations)).flatMap(([key, value]) => {
      const rule = Object.hasOwn(forbidden, key) ? forbidden[key] : undefined;
      if (rule === undefined || !rule.kinds.includes(kind) || allowed.includes(key)) return [];
      const at = { path: [...path, key] };
      if (isUnknown(value)) return [{ ...at, message: `${key} is not known before up`, undecided: true }];
      return rule.isBad(value) ? [{ ...at, message: `${key} is set: ${rule.because}` }] : [];
    });
  },
};
