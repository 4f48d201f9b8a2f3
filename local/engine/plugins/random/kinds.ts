import { randomBytes } from "node:crypto";
import { defaultRules, password, whyImpossible, type PasswordRules } from "./generate.ts";
import { secret, type JsonObject } from "../wire.ts";

/** A kind of random value. */
export interface Kind {
  /** Inputs that a program may leave out. */
  defaults: JsonObject;
  /** What is wrong with the inputs, defaults filled in; undefined where nothing is. */
  refuse(inputs: JsonObject): string | undefined;
  /** The id, and the outputs beside the inputs. */
  make(inputs: JsonObject): { id: string; outputs: JsonObject };
}

const randomPassword: Kind = {
  defaults: { ...defaultRules },
  refuse: (inputs) => whyImpossible(rules(inputs)),
  make: (inputs) => ({ id: "none", outputs: { result: secret(password(rules(inputs))) } }),
};

const randomId: Kind = {
  defaults: {},
  refuse: ({ byteLength }) =>
    typeof byteLength === "number" && byteLength > 0 ? undefined : "byteLength must be a whole number of at least 1",
  make: ({ byteLength, prefix }) => {
    const bytes = randomBytes(Number(byteLength));
    const before = typeof prefix === "string" ? prefix : "";
    const outputs = {
      b64Std: before + bytes.toString("base64"),
      b64Url: before + bytes.toString("base64url"),
      hex: before + bytes.toString("hex"),
      dec: before + BigInt(`0x${bytes.toString("hex")}`).toString(),
    };
    return { id: bytes.toString("base64url"), outputs };
  },
};

const kinds: Record<string, Kind> = {
  "random:index/randomPassword:RandomPassword": randomPassword,
  "random:index/randomId:RandomId": randomId,
};

/** The kind with the type token. */
export function kindOf(type: string): Kind {
  const kind = kinds[type];
  if (kind === undefined)
    throw new Error(`${type}: not served by this stand-in; install Pulumi's random plugin to use it`);
  return kind;
}

function rules(inputs: JsonObject): PasswordRules {
  return inputs as unknown as PasswordRules;
}
