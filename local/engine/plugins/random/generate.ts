import { randomInt } from "node:crypto";

/** What a password is made of; the defaults are those of RandomPassword. */
export interface PasswordRules {
  length: number;
  lower: boolean;
  upper: boolean;
  numeric: boolean;
  special: boolean;
  minLower: number;
  minUpper: number;
  minNumeric: number;
  minSpecial: number;
  /** The special characters to choose from. */
  overrideSpecial: string;
}

export const defaultRules: Omit<PasswordRules, "length"> = {
  lower: true,
  upper: true,
  numeric: true,
  special: true,
  minLower: 0,
  minUpper: 0,
  minNumeric: 0,
  minSpecial: 0,
  overrideSpecial: "!@#$%&*()-_=+[]{}<>:?",
};

/** What keeps the rules from being met; undefined where they can be. */
export function whyImpossible(rules: PasswordRules): string | undefined {
  const least = rules.minLower + rules.minUpper + rules.minNumeric + rules.minSpecial;
  if (!Number.isInteger(rules.length) || rules.length < 1) return "length must be a whole number of at least 1";
  if (rules.length < least) {
    return `length is ${String(rules.length)}, but the minimums of the character classes add up to ${String(least)}`;
  }
  return alphabet(rules) === "" ? "every class of characters is switched off" : undefined;
}

/** A password that meets the rules, from the system's cryptographic random source. */
export function password(rules: PasswordRules): string {
  const least = classes(rules).flatMap(({ characters, minimum }) => pick(characters, minimum));
  return shuffled([...least, ...pick(alphabet(rules), rules.length - least.length)]).join("");
}

function classes(rules: PasswordRules) {
  return [
    { characters: "abcdefghijklmnopqrstuvwxyz", allowed: rules.lower, minimum: rules.minLower },
    { characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", allowed: rules.upper, minimum: rules.minUpper },
    { characters: "0123456789", allowed: rules.numeric, minimum: rules.minNumeric },
    { characters: rules.overrideSpecial, allowed: rules.special, minimum: rules.minSpecial },
  ];
}

function alphabet(rules: PasswordRules): string {
  return classes(rules)
    .filter(({ allowed }) => allowed)
    .map(({ characters }) => characters)
    .join("");
}

function pick(characters: string, count: number): string[] {
  return Array.from({ length: count }, () => characters.charAt(randomInt(characters.length)));
}

/** Fisher-Yates: where the required characters stand must not be guessable. */
function shuffled(characters: string[]): string[] {
  const result = [...characters];
  for (let last = result.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [result[last], result[other]] = [result[other] ?? "", result[last] ?? ""];
  }
  return result;
}
