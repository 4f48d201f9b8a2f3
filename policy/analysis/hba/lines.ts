import type { Bytes } from "./bytes.ts";

/** A line after joining: a backslash before the line end continues it, also inside quotes and comments. */
export interface LogicalLine {
  /** The number of its first line, counted from 1. */
  readonly number: number;
  readonly text: Bytes;
}

const initialCapacity = 1024;
const minimumRoom = 128;

/** The logical lines of a file, blank ones included. */
export function* logicalLines(bytes: Bytes): Generator<LogicalLine> {
  const read = lineReader(bytes);
  let number = 1;
  for (;;) {
    let text = "";
    let continuations = 0;
    let continuedAt = 0;
    let ended = false;
    for (;;) {
      const more = read(text);
      if (more === undefined) {
        ended = true;
        break;
      }
      text = more.replace(/[\r\n]+$/, "");
      // Only a backslash after the last joint counts, so that two in a row do not continue a line twice.
      if (text.length <= continuedAt || !text.endsWith("\\")) break;
      text = text.slice(0, -1);
      continuedAt = text.length;
      continuations++;
    }
    if (ended && text === "") return;
    yield { number, text };
    if (ended) return;
    number += continuations + 1;
  }
}

/**
 * Appends the next line to a text, as PostgreSQL does with C strings in a growing buffer: a NUL byte hides what was
 * read together with it, the end of the line included, and so joins the next line.
 */
function lineReader(bytes: Bytes): (text: Bytes) => Bytes | undefined {
  let at = 0;
  let capacity = initialCapacity;
  return (start) => {
    let text = start;
    while (at < bytes.length) {
      const newline = bytes.indexOf("\n", at);
      const lineEnd = newline < 0 ? bytes.length : newline + 1;
      const end = Math.min(lineEnd, at + capacity - text.length - 1);
      const chunk = bytes.slice(at, end);
      at = end;
      const nul = chunk.indexOf("\0");
      text += nul < 0 ? chunk : chunk.slice(0, nul);
      if (text.length > start.length && text.endsWith("\n")) return text;
      while (capacity < text.length + 1 + minimumRoom) capacity *= 2;
    }
    return text.length > start.length ? text : undefined;
  };
}
