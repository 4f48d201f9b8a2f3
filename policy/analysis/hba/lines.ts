import type { Bytes } from "./bytes.ts";

/** A line after joining: a backslash before the line end continues it, also inside quotes and comments. */
export interface LogicalLine {
  /** The number of its first line, counted from 1. */
  readonly number: number;
  readonly text: Bytes;
}

/** The logical lines of a file, blank ones included. */
export function* logicalLines(bytes: Bytes): Generator<LogicalLine> {
  const reader = new LineReader(bytes);
  for (let number = 1; ;) {
    let continuations = 0;
    let joint = 0;
    reader.clear();
    while (reader.append()) {
      reader.stripLineEnd();
      // Only a backslash after the last joint counts, so that two in a row do not continue a line twice.
      if (reader.length <= joint || !reader.endsWith("\\")) break;
      reader.shorten(1);
      joint = reader.length;
      continuations++;
    }
    if (reader.length > 0) yield { number, text: reader.text() };
    if (reader.ended) return;
    number += continuations + 1;
  }
}

const initialCapacity = 1024;
const minimumRoom = 128;

/**
 * Reads lines as PostgreSQL does, with C strings in a growing buffer: a NUL byte hides what was read together with it,
 * the end of the line included, and so joins the next line.
 */
class LineReader {
  readonly #bytes: Bytes;
  #at = 0;
  #newline = -1;
  #capacity = initialCapacity;
  #parts: Bytes[] = [];
  /** The length of the line so far. */
  length = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.#at >= this.#bytes.length;
  }

  clear(): void {
    this.#parts = [];
    this.length = 0;
  }

  text(): Bytes {
    return this.#parts.join("");
  }

  /** Appends the next line with its end; false where there is none. */
  append(): boolean {
    const start = this.length;
    while (!this.ended) {
      const chunk = this.#read(this.#capacity - this.length - 1);
      const nul = chunk.indexOf("\0");
      const seen = nul < 0 ? chunk : chunk.slice(0, nul);
      if (seen !== "") this.#parts.push(seen);
      this.length += seen.length;
      if (this.length > start && this.endsWith("\n")) return true;
      while (this.#capacity < this.length + 1 + minimumRoom) this.#capacity *= 2;
    }
    return this.length > start;
  }

  endsWith(char: string): boolean {
    return this.#parts.at(-1)?.endsWith(char) === true;
  }

  stripLineEnd(): void {
    while (this.endsWith("\n") || this.endsWith("\r")) this.shorten(1);
  }

  /** Takes characters from the end, which must all be of the last part. */
  shorten(count: number): void {
    const last = this.#parts.pop() ?? "";
    if (last.length > count) this.#parts.push(last.slice(0, -count));
    this.length -= count;
  }

  /** The bytes up to the end of the line, or as many as there is room for. */
  #read(room: number): Bytes {
    if (this.#newline < this.#at) {
      const found = this.#bytes.indexOf("\n", this.#at);
      this.#newline = found < 0 ? this.#bytes.length : found;
    }
    const chunk = this.#bytes.slice(this.#at, Math.min(this.#newline + 1, this.#at + room));
    this.#at += chunk.length;
    return chunk;
  }
}
