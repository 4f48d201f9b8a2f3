import * as pulumi from "@pulumi/pulumi";

/** Hooks that hold a step back until a check passes; spread into a resource's options. */
export type Gate = Required<Pick<pulumi.ResourceHookBinding, "beforeCreate" | "beforeUpdate">>;

/**
 * A check that runs in this process right before a resource is created or updated, never in a preview.
 * What it throws is the step's error, and whatever depends on the resource is not created.
 * @param name unique in the stack; shown in the error
 */
export function gate(name: string, check: (step: pulumi.ResourceHookArgs) => Promise<void>): Gate {
  const hook = new pulumi.ResourceHook(name, check);
  return { beforeCreate: [hook], beforeUpdate: [hook] };
}
