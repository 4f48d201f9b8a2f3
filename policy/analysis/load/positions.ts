import { EVENT_ID, getScalarValue, parseEvents, type Event } from "js-yaml";

/** A node of the source text: where it starts, and what is inside. */
interface Place {
  readonly offset: number;
  readonly fields?: ReadonlyMap<string, Place>;
  readonly items?: readonly Place[];
}

interface Cursor {
  readonly source: string;
  readonly events: readonly Event[];
  next: number;
}

/** Answers with the line of the node at a path of one YAML or JSON document, or of its nearest known ancestor. */
export type LineFinder = (path: readonly (string | number)[]) => number;

/** Parses the text again, but only when first asked: most objects never are. */
export function lineFinder(source: string, firstLine: number): LineFinder {
  let known: { readonly root: Place; readonly lineStarts: readonly number[] } | undefined;
  return (path) => {
    known ??= { root: parse(source), lineStarts: [...source.matchAll(/\n/g)].map((match) => match.index + 1) };
    return firstLine + countUpTo(known.lineStarts, follow(known.root, path).offset);
  };
}

function follow(root: Place, path: readonly (string | number)[]): Place {
  let place = root;
  for (const step of path) {
    const next = typeof step === "number" ? place.items?.[step] : place.fields?.get(step);
    if (next === undefined) break;
    place = next;
  }
  return place;
}

function countUpTo(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Infinity) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function parse(source: string): Place {
  try {
    return placeOf({ source, events: parseEvents(source, {}), next: 1 });
  } catch {
    // JSON that the YAML parser does not accept still has its values; its fields then stand where the document starts.
    return { offset: 0 };
  }
}

function placeOf(cursor: Cursor): Place {
  const event = cursor.events[cursor.next++];
  switch (event?.type) {
    case EVENT_ID.SCALAR:
      return { offset: Math.max(event.valueStart, 0) };
    case EVENT_ID.ALIAS:
      return { offset: event.anchorStart };
    case EVENT_ID.SEQUENCE: {
      const items: Place[] = [];
      while (hasMore(cursor)) items.push(placeOf(cursor));
      return { offset: event.start, items };
    }
    case EVENT_ID.MAPPING:
      return { offset: event.start, fields: fieldsOf(cursor) };
    default:
      return { offset: 0 };
  }
}

/** Whether the collection being read goes on; its closing event is consumed. */
function hasMore(cursor: Cursor): boolean {
  const event = cursor.events[cursor.next];
  if (event !== undefined && event.type !== EVENT_ID.POP) return true;
  cursor.next++;
  return false;
}

/** A field stands where its key does: that is the line a reader looks for. */
function fieldsOf(cursor: Cursor): ReadonlyMap<string, Place> {
  const fields = new Map<string, Place>();
  while (hasMore(cursor)) {
    const key = cursor.events[cursor.next];
    const { offset } = placeOf(cursor);
    const value = placeOf(cursor);
    if (key?.type === EVENT_ID.SCALAR) fields.set(getScalarValue(cursor.source, key), { ...value, offset });
  }
  return fields;
}
