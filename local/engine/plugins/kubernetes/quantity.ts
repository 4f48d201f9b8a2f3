import type { Json } from "../wire.ts";

const units: Record<string, number> = {
  "": 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Whether both are the same amount, however it is written: the API server answers `1Gi` to `1024Mi`, and "1" to 1. */
export function sameQuantity(a: Json, b: Json): boolean {
  const [left, right] = [amount(a), amount(b)];
  return left !== undefined && right !== undefined && left === right;
}

function amount(value: Json): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return undefined;
  const [, number = "", unit = ""] = /^([+-]?(?:\d+\.?\d*|\.\d+))([numkMGTPE]|[KMGTPE]i)?$/.exec(value) ?? [];
  const scale = units[unit];
  return number === "" || scale === undefined ? undefined : Number((Number(number) * scale).toPrecision(15));
}
