import { type Charset, classSet, complement, isClassName, rangeSet, union, without } from "./charset.ts";
import { RegexError } from "./error.ts";
import { parseFlags } from "./flags.ts";
import { Lexer } from "./lexer.ts";
import { elementCode } from "./names.ts";

export type Node =
  | { readonly type: "set"; readonly set: Charset }
  | { readonly type: "sequence" | "choice"; readonly parts: readonly Node[] }
  | { readonly type: "repeat"; readonly part: Node; readonly minimum: number; readonly maximum: number }
  | { readonly type: "group"; readonly part: Node; readonly group: number }
  | { readonly type: "backreference"; readonly group: number }
  | { readonly type: "look"; readonly part: Node; readonly behind: boolean; readonly negated: boolean }
  | { readonly type: "anchor"; readonly anchor: Anchor };

export type Anchor =
  ("start" | "end" | "lineStart" | "lineEnd") | ("wordStart" | "wordEnd" | "boundary" | "notBoundary");

/** A regular expression that PostgreSQL accepts. */
export interface Regex {
  /** Undefined for what is not evaluated: the basic syntax, great length and deep nesting. */
  readonly root: Node | undefined;
  readonly ignoreCase: boolean;
  /** The groups that back references name. */
  readonly referenced: ReadonlySet<number>;
}

const newline = 0x0a;
const maximumCount = 255;
const maximumLength = 8192;
const maximumNesting = 250;

class TooDeep extends Error {}

/**
 * Reads an advanced regular expression of PostgreSQL.
 * @param pattern one character per byte
 * @throws RegexError
 */
export function compileRegex(pattern: string): Regex {
  const { flags, end } = parseFlags(pattern);
  const { ignoreCase } = flags;
  const referenced = new Set<number>();
  if (flags.basic || pattern.length > maximumLength) return { root: undefined, ignoreCase, referenced };
  const lexer = new Lexer(pattern, end, flags);
  const closed = new Set<number>();
  try {
    return { root: parseChoice(false, false, 0), ignoreCase, referenced };
  } catch (error) {
    if (error instanceof TooDeep) return { root: undefined, ignoreCase, referenced };
    throw error;
  }

  function parseChoice(nested: boolean, looking: boolean, depth: number): Node {
    if (depth > maximumNesting) throw new TooDeep();
    const parts = [parseSequence(nested, looking, depth)];
    while (see("|")) {
      lexer.advance();
      parts.push(parseSequence(nested, looking, depth));
    }
    if (nested && !see(")")) throw new RegexError("parentheses");
    return { type: "choice", parts };
  }

  function parseSequence(nested: boolean, looking: boolean, depth: number): Node {
    const parts: Node[] = [];
    while (!see("|") && !see("nothing") && !(nested && see(")"))) parts.push(parsePart(looking, depth));
    return { type: "sequence", parts };
  }

  function parsePart(looking: boolean, depth: number): Node {
    const constraint = parseConstraint(depth);
    return constraint ?? parseQuantifier(parseAtom(looking, depth));
  }

  /** What matches no text of its own, and so takes no quantifier. */
  function parseConstraint(depth: number): Node | undefined {
    const lexeme = lexer.current;
    switch (lexeme.type) {
      case "^":
        lexer.advance();
        return { type: "anchor", anchor: flags.newlineAnchors ? "lineStart" : "start" };
      case "$":
        lexer.advance();
        return { type: "anchor", anchor: flags.newlineAnchors ? "lineEnd" : "end" };
      case "start":
      case "end":
      case "wordStart":
      case "wordEnd":
      case "boundary":
      case "notBoundary":
        lexer.advance();
        return { type: "anchor", anchor: lexeme.type };
      case "look": {
        lexer.advance();
        const part = parseChoice(true, true, depth + 1);
        lexer.advance();
        return { type: "look", part, behind: lexeme.behind, negated: lexeme.negated };
      }
      default:
        return undefined;
    }
  }

  function parseAtom(looking: boolean, depth: number): Node {
    const lexeme = lexer.current;
    switch (lexeme.type) {
      case "char":
        lexer.advance();
        return setOf(charSet(lexeme.code, lexeme.code));
      case "class":
        lexer.advance();
        return setOf(namedSet(lexeme.name, lexeme.negated));
      case ".":
        lexer.advance();
        return setOf(anything());
      case "[": {
        const set = parseBracket();
        lexer.advance();
        return setOf(lexeme.negated ? negatedBracket(set) : set);
      }
      case "(": {
        const group = lexeme.captures && !looking ? ++lexer.groups : undefined;
        lexer.advance();
        const part = parseChoice(true, looking, depth + 1);
        lexer.advance();
        if (group === undefined) return part;
        closed.add(group);
        return { type: "group", part, group };
      }
      case "backreference":
        if (looking || !closed.has(lexeme.group)) throw new RegexError("backreference");
        referenced.add(lexeme.group);
        lexer.advance();
        return { type: "backreference", group: lexeme.group };
      case ")":
        if (flags.advanced) throw new RegexError("parentheses");
        lexer.advance();
        return setOf(charSet(0x29, 0x29));
      default:
        throw new RegexError("operand");
    }
  }

  function parseQuantifier(part: Node): Node {
    const lexeme = lexer.current.type;
    if (lexeme === "{") return parseBound(part);
    if (lexeme !== "*" && lexeme !== "+" && lexeme !== "?") return part;
    lexer.advance();
    return { type: "repeat", part, minimum: lexeme === "+" ? 1 : 0, maximum: lexeme === "?" ? 1 : Infinity };
  }

  function parseBound(part: Node): Node {
    lexer.advance();
    const minimum = parseCount();
    let maximum = minimum;
    if (see(",")) {
      lexer.advance();
      maximum = see("digit") ? parseCount() : Infinity;
      if (minimum > maximum) throw new RegexError("count");
    }
    if (!see("}")) throw new RegexError("count");
    lexer.advance();
    return { type: "repeat", part, minimum, maximum };
  }

  function parseCount(): number {
    let count = 0;
    while (lexer.current.type === "digit" && count < maximumCount) {
      count = count * 10 + lexer.current.value;
      lexer.advance();
    }
    if (see("digit") || count > maximumCount) throw new RegexError("count");
    return count;
  }

  function parseBracket(): Charset {
    const sets: Charset[] = [];
    lexer.advance();
    while (!see("]")) sets.push(parseMember());
    return union(sets);
  }

  function parseMember(): Charset {
    const lexeme = lexer.current;
    switch (lexeme.type) {
      case "class":
        lexer.advance();
        return namedSet(lexeme.name, lexeme.negated);
      case "className": {
        const name = lexer.name();
        if (!isClassName(name)) throw new RegexError("class");
        return namedSet(name, false);
      }
      case "equivalence": {
        const code = element(lexer.name());
        return charSet(code, code);
      }
      case "char":
      case "element":
        return parseRange(parseEndpoint());
      default:
        throw new RegexError("range");
    }
  }

  function parseRange(from: number): Charset {
    if (!see("range")) return charSet(from, from);
    lexer.advance();
    const to = parseEndpoint();
    if (from > to) throw new RegexError("range");
    return charSet(from, to);
  }

  function parseEndpoint(): number {
    const lexeme = lexer.current;
    if (lexeme.type === "element") return element(lexer.name());
    if (lexeme.type !== "char" && lexeme.type !== "range") throw new RegexError("range");
    lexer.advance();
    return lexeme.type === "char" ? lexeme.code : "-".charCodeAt(0);
  }

  function element(name: string): number {
    const code = elementCode(name);
    if (code === undefined) throw new RegexError("collate");
    return code;
  }

  function see(type: typeof lexer.current.type): boolean {
    return lexer.current.type === type;
  }

  function charSet(from: number, to: number): Charset {
    return rangeSet([[from, to]], ignoreCase);
  }

  function namedSet(name: Parameters<typeof classSet>[0], negated: boolean): Charset {
    const set = classSet(name, ignoreCase);
    return negated ? complement(set) : set;
  }

  function negatedBracket(set: Charset): Charset {
    return flags.newlineStops ? without(complement(set), newline) : complement(set);
  }

  function anything(): Charset {
    return negatedBracket(union([]));
  }
}

function setOf(set: Charset): Node {
  return { type: "set", set };
}
