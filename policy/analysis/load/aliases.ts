import { EVENT_ID, YAMLException, type Event } from "js-yaml";

/** How much text the aliases of one file may stand for. Written by people they stand for a few lines. */
export const maxExpansion = 1024 * 1024;

/** A collection that is being read. */
interface Open {
  readonly anchor: string | undefined;
  size: number;
}

/**
 * Measures what the aliases of a document stand for. Every reader of its value meets an alias as the whole that it
 * stands for, again and again where one stands for others: a few hundred bytes can mean more than anyone can walk
 * through, so they are counted before they are read.
 * @param allowed how much text they may stand for
 * @returns how much text that is
 * @throws YAMLException where it is more, or where a value holds itself
 */
export function measureAliases(events: readonly Event[], source: string, allowed: number): number {
  if (!events.some(({ type }) => type === EVENT_ID.ALIAS)) return 0;
  const sizes = new Map<string, number>();
  const open: Open[] = [];
  let expanded = 0;

  const close = ({ anchor, size }: Open) => {
    if (anchor !== undefined) sizes.set(anchor, size);
    const parent = open.at(-1);
    if (parent !== undefined) parent.size += size;
  };

  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        sizes.clear();
        open.push({ anchor: undefined, size: 0 });
        break;
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        const anchor = anchorOf(event, source);
        // Until it is complete, its name means nothing that could be measured.
        if (anchor !== undefined) sizes.set(anchor, Infinity);
        open.push({ anchor, size: 1 });
        break;
      }
      case EVENT_ID.SCALAR:
        close({ anchor: anchorOf(event, source), size: event.valueEnd - event.valueStart + 1 });
        break;
      case EVENT_ID.ALIAS: {
        const name = source.slice(event.anchorStart, event.anchorEnd);
        const size = sizes.get(name) ?? 0;
        if (size === Infinity) refuse(source, event.anchorStart, `alias "${name}" stands inside of itself`);
        expanded += size;
        if (expanded > allowed) refuse(source, event.anchorStart, "its aliases stand for more than 1 MiB of text");
        close({ anchor: undefined, size });
        break;
      }
      case EVENT_ID.POP: {
        const closed = open.pop();
        if (closed !== undefined) close(closed);
        break;
      }
    }
  }
  return expanded;
}

function anchorOf({ anchorStart, anchorEnd }: { anchorStart: number; anchorEnd: number }, source: string) {
  return anchorStart < 0 ? undefined : source.slice(anchorStart, anchorEnd);
}

function refuse(source: string, offset: number, reason: string): never {
  YAMLException.throwAt(source, offset, reason);
}
