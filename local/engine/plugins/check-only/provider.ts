import { isDeepStrictEqual } from "node:util";
import type {
  Change,
  Checked,
  CheckRequest,
  CreateRequest,
  DeleteRequest,
  Difference,
  DiffRequest,
  Provider,
  ReadRequest,
  UpdateRequest,
} from "../provider.ts";
import { plain, type JsonObject } from "../wire.ts";

/** Lets a program be previewed without the real plugin: inputs pass, outputs stay unknown, and nothing is ever made. */
export class CheckOnlyProvider implements Provider {
  readonly version: string;
  readonly #plugin: string;

  constructor(name: string, version: string) {
    this.version = version;
    this.#plugin = `pulumi-resource-${name} ${version}`;
  }

  diffConfig(): Difference {
    return { changes: {}, deleteBeforeReplace: false };
  }

  configure(): Promise<void> {
    return Promise.resolve();
  }

  check({ news }: CheckRequest): Promise<Checked> {
    return Promise.resolve({ inputs: news });
  }

  /** Every changed input, as an update: which of them replace, only the real plugin knows. */
  diff({ state, news, ignoreChanges }: DiffRequest): Promise<Difference> {
    const changed = Object.keys(news).filter(
      (key) => !ignoreChanges.includes(key) && !isDeepStrictEqual(plain(state[key] ?? null), plain(news[key] ?? null)),
    );
    const changes = changed.map((key): [string, Change] => [key, { kind: "update", replace: false }]);
    return Promise.resolve({ changes: Object.fromEntries(changes), deleteBeforeReplace: false });
  }

  async create({ urn, inputs, preview }: CreateRequest): Promise<{ id: string; state: JsonObject }> {
    if (!preview) await this.#refuse("create", urn);
    return { id: "", state: inputs };
  }

  read({ urn }: ReadRequest): Promise<never> {
    return this.#refuse("read", urn);
  }

  async update({ urn, news, preview }: UpdateRequest): Promise<JsonObject> {
    if (!preview) await this.#refuse("update", urn);
    return news;
  }

  delete({ urn }: DeleteRequest): Promise<never> {
    return this.#refuse("delete", urn);
  }

  cancel(): void {
    // Nothing here waits.
  }

  #refuse(what: string, urn: string): Promise<never> {
    const name = urn.split("::").at(-1) ?? urn;
    return Promise.reject(
      new Error(
        `${name}: cannot ${what} it without ${this.#plugin}, which could not be downloaded: ` +
          "its stand-in only checks and previews. Run this where Pulumi can download its plugins",
      ),
    );
  }
}
