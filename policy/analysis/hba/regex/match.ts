import { classSet, otherCase } from "./charset.ts";
import type { Anchor, Node, Regex } from "./parse.ts";

/** How far a match has come, and what the groups that are referred to have matched. */
interface State {
  readonly at: number;
  readonly captures: ReadonlyMap<number, string>;
}

class TooMuchWork extends Error {}

const newline = "\n";
const word = classSet("word", false);
const maximumWork = 100_000;

/**
 * Whether a regular expression matches somewhere in a text of one character per byte. It follows all possible matches
 * at once, so that no pattern makes it backtrack; undefined where even that takes too long or the syntax is not
 * evaluated.
 */
export function matchRegex(regex: Regex, text: string): boolean | undefined {
  const { root } = regex;
  if (root === undefined) return undefined;
  const everywhere: readonly State[] = Array.from({ length: text.length + 1 }, (_, at) => ({
    at,
    captures: new Map(),
  }));
  let work = 0;
  try {
    return run(root, everywhere).length > 0;
  } catch (error) {
    if (error instanceof TooMuchWork) return undefined;
    throw error;
  }

  /** The states that a node leads to from any of some states. */
  function run(node: Node, states: readonly State[]): readonly State[] {
    work += 1 + states.length;
    if (work > maximumWork) throw new TooMuchWork();
    switch (node.type) {
      case "set":
        return states.flatMap((state) =>
          node.set[text.charCodeAt(state.at)] === 1 ? [{ ...state, at: state.at + 1 }] : [],
        );
      case "sequence":
        return node.parts.reduce((reached, part) => (reached.length === 0 ? reached : run(part, reached)), states);
      case "choice":
        return distinct(node.parts.flatMap((part) => run(part, states)));
      case "repeat":
        return repeat(node.part, node.minimum, node.maximum, states);
      case "group":
        return regex.referenced.has(node.group)
          ? distinct(states.flatMap((state) => capture(node.part, node.group, state)))
          : run(node.part, states);
      case "backreference":
        return states.flatMap((state) => repeatCapture(state, node.group));
      case "look":
        return look(node.part, node.behind, states, node.negated);
      case "anchor":
        return states.filter(({ at }) => holds(node.anchor, at));
    }
  }

  function repeat(part: Node, minimum: number, maximum: number, states: readonly State[]): readonly State[] {
    let frontier = states;
    for (let count = 0; count < minimum && frontier.length > 0; count++) frontier = run(part, frontier);
    const reached = new Map(frontier.map((state) => [key(state), state]));
    for (let count = minimum; count < maximum && frontier.length > 0; count++) {
      frontier = run(part, frontier).filter((state) => !reached.has(key(state)));
      for (const state of frontier) reached.set(key(state), state);
    }
    return [...reached.values()];
  }

  function capture(part: Node, group: number, from: State): readonly State[] {
    return run(part, [from]).map(({ at, captures }) => ({
      at,
      captures: new Map(captures).set(group, text.slice(from.at, at)),
    }));
  }

  function repeatCapture(state: State, group: number): readonly State[] {
    const captured = state.captures.get(group);
    if (captured === undefined) return [];
    const end = state.at + captured.length;
    return folded(text.slice(state.at, end)) === folded(captured) ? [{ ...state, at: end }] : [];
  }

  function folded(part: string): string {
    if (!regex.ignoreCase) return part;
    return String.fromCharCode(
      ...Array.from(part, (char) => Math.min(char.charCodeAt(0), otherCase(char.charCodeAt(0)))),
    );
  }

  function look(part: Node, behind: boolean, states: readonly State[], negated: boolean): readonly State[] {
    if (!behind) return states.filter((state) => run(part, [state]).length > 0 !== negated);
    const ends = new Set(run(part, everywhere).map(({ at }) => at));
    return states.filter(({ at }) => ends.has(at) !== negated);
  }

  function holds(anchor: Anchor, at: number): boolean {
    const before = isWord(at - 1);
    const after = isWord(at);
    switch (anchor) {
      case "start":
        return at === 0;
      case "end":
        return at === text.length;
      case "lineStart":
        return at === 0 || text[at - 1] === newline;
      case "lineEnd":
        return at === text.length || text[at] === newline;
      case "wordStart":
        return !before && after;
      case "wordEnd":
        return before && !after;
      case "boundary":
        return before !== after;
      case "notBoundary":
        return before === after;
    }
  }

  function isWord(at: number): boolean {
    return word[text.charCodeAt(at)] === 1;
  }
}

function distinct(states: readonly State[]): readonly State[] {
  return [...new Map(states.map((state) => [key(state), state])).values()];
}

function key({ at, captures }: State): string {
  return captures.size === 0
    ? String(at)
    : JSON.stringify([at, ...[...captures].sort(([one], [other]) => one - other)]);
}
