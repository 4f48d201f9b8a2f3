import type { Readable } from "node:stream";
import { createInterface } from "node:readline";

const patience = 20_000;
const kept = 5000;

/** What a server logs, line by line as it comes. */
export class Log {
  readonly #lines: string[] = [];
  #dropped = 0;
  #wake = new Set<() => void>();

  constructor(stream: Readable) {
    stream.setEncoding("latin1");
    createInterface({ input: stream, crlfDelay: 0 }).on("line", (line) => {
      this.#lines.push(line);
      if (this.#lines.length > kept) {
        this.#lines.splice(0, kept / 2);
        this.#dropped += kept / 2;
      }
      for (const wake of this.#wake) wake();
      this.#wake = new Set();
    });
  }

  /** The end of what has been logged, to search from. */
  mark(): number {
    return this.#dropped + this.#lines.length;
  }

  /** The first line from a mark on that matches. */
  async line(pattern: RegExp, mark = 0): Promise<string> {
    const lines = await this.linesUntil(pattern, mark);
    return lines.at(-1) ?? "";
  }

  /** All lines from a mark up to the first that matches. */
  async linesUntil(pattern: RegExp, mark: number): Promise<readonly string[]> {
    const deadline = Date.now() + patience;
    for (let searched = mark; ;) {
      const from = Math.max(0, searched - this.#dropped);
      const found = this.#lines.findIndex((line, index) => index >= from && pattern.test(line));
      if (found >= 0) return this.#lines.slice(Math.max(0, mark - this.#dropped), found + 1);
      searched = this.mark();
      if (Date.now() > deadline) {
        throw new Error(
          `the server did not log ${String(pattern)} in time; last lines:\n${this.#lines.slice(-20).join("\n")}`,
        );
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patience);
        this.#wake.add(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }
}
