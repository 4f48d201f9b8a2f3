import { isOwnedBy, STACK_ANNOTATION } from "../namespace.ts";

const ADOPTED_BY = "hcloud-postgres/adopted-by";

/** Annotation of an object that a stack took over from somebody else; `stack` is `organization/project/stack`. */
export function adoptedBy(stack: string): Record<string, string> {
  return { [ADOPTED_BY]: stack };
}

/** Whose an object is: `made` or `adopted` by this stack, marked by another one, or `foreign`: of whoever sets no marks. */
export type Owner = "made" | "adopted" | "foreign" | { stack: string };

/** Reads the marks of an object that exists. */
export function ownerOf(stack: string, annotations: Record<string, string> = {}): Owner {
  if (isOwnedBy(stack, annotations)) return "made";
  if (annotations[ADOPTED_BY] === stack) return "adopted";
  const other = annotations[STACK_ANNOTATION] ?? annotations[ADOPTED_BY];
  return other === undefined ? "foreign" : { stack: other };
}
