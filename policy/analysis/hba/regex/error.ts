const messages = {
  pattern: "invalid regexp (reg version 0.8)",
  collate: "invalid collating element",
  class: "invalid character class",
  escape: "invalid escape \\ sequence",
  backreference: "invalid backreference number",
  brackets: "brackets [] not balanced",
  parentheses: "parentheses () not balanced",
  braces: "braces {} not balanced",
  count: "invalid repetition count(s)",
  range: "invalid character range",
  operand: "quantifier operand invalid",
  option: "invalid embedded option",
} as const;

/** A regular expression that PostgreSQL refuses, in its words. */
export class RegexError extends Error {
  constructor(reason: keyof typeof messages) {
    super(messages[reason]);
  }
}
