import * as sdk from "@pulumi/policy";

/** What the SDK throws where a value is read that is not known before `up`, and takes as "cannot be decided yet". */
type UnknownValueErrorClass = new (value: string, path: readonly string[]) => Error;

/** The SDK exports it, but leaves it out of its type definitions. */
export const { UnknownValueError } = sdk as unknown as { readonly UnknownValueError: UnknownValueErrorClass };
