/** What somebody wants to know, in the terms of a SubjectAccessReview. */
export interface Question {
  /** A user name, `system:serviceaccount:NS:NAME`, or `group:NAME`. */
  readonly subject: string;
  /** Exactly the groups he is in; left out: those that the API server adds by itself. */
  readonly groups?: readonly string[];
  readonly verb: string;
  /** Left out or empty: cluster-scoped, or across all namespaces. */
  readonly namespace?: string;
  /** Left out or empty: the core group. */
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
  /** A path outside the API's resources, such as `/metrics`, in place of everything from namespace to name. */
  readonly url?: string;
}
