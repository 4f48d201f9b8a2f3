import type { KubeObject } from "../objects.ts";
import { authorizer, type Authorizer, type Grant } from "./authorizer.ts";
import { identityOf } from "./identity.ts";
import { allows, type Request } from "./match.ts";
import type { Question } from "./question.ts";

/** The answer to a question, and the way to it. */
export interface Answer {
  /**
   * Null where it depends on values not known before `up`, or on the order of events in the cluster: ClusterRoles that
   * aggregate each other may keep rules they once had.
   */
  readonly allowed: boolean | null;
  /** `["RoleBinding ns/a", "Role ns/b"]`, with a third role where the second aggregates it; empty where nothing allows it. */
  readonly path: readonly string[];
}

/** What one question is answered with: see {@link canAll}. */
export function can(objects: readonly KubeObject[], question: Question): Answer {
  return answer(authorizer(objects), question);
}

/** Answers questions in their order, as the API server's RBAC authorizer does once it has the objects. */
export function canAll(objects: readonly KubeObject[], questions: readonly Question[]): readonly Answer[] {
  const rbac = authorizer(objects);
  return questions.map((question) => answer(rbac, question));
}

/** Every rule that allows what is asked. */
export function waysTo(rbac: Authorizer, question: Question): readonly Grant[] {
  const request = requestOf(question);
  const namespace = "url" in request ? "" : request.namespace;
  return rbac
    .grantsTo(identityOf(question.subject, question.groups))
    .filter((grant) => (grant.namespace === "" || grant.namespace === namespace) && allows(grant.rule, request));
}

function answer(rbac: Authorizer, question: Question): Answer {
  const ways = waysTo(rbac, question);
  const way = ways.find(({ certain }) => certain);
  if (way !== undefined) return { allowed: true, path: way.path };
  const unknown = rbac.unknown.find(({ namespace }) => namespace === "" || namespace === question.namespace);
  const undecided = ways[0]?.path ?? (unknown === undefined ? undefined : [unknown.id]);
  return undecided === undefined ? { allowed: false, path: [] } : { allowed: null, path: undecided };
}

function requestOf(question: Question): Request {
  const { verb, namespace = "", group = "", resource = "", subresource = "", name = "", url } = question;
  return url === undefined ? { verb, namespace, group, resource, subresource, name } : { verb, url };
}
