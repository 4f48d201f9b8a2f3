/** An object of the API, in its own spelling. */
export type Item = Record<string, unknown> & { id: number; name?: string };

/** An error as the API answers it. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Work that takes time: `running` until its moment has come. */
export interface Action {
  id: number;
  command: string;
  started: number;
  resources: { id: number; type: string }[];
}

/** What a Hetzner project holds, by collection. */
export class Store {
  /** User data by server: taken in, and never answered. */
  readonly userData = new Map<number, string>();
  readonly #collections = new Map<string, Map<number, Item>>();
  readonly #actions = new Map<number, Action>();
  #lastId = 1000;

  nextId(): number {
    return ++this.#lastId;
  }

  all(collection: string): Item[] {
    return [...this.#collection(collection).values()];
  }

  /** @throws ApiProblem not_found */
  get(collection: string, id: number): Item {
    const item = this.#collection(collection).get(id);
    if (!item) throw new ApiProblem(404, "not_found", `${collection} with ID ${String(id)} not found`);
    return item;
  }

  /** @throws ApiProblem uniqueness_error where the name is taken */
  add(collection: string, item: Omit<Item, "id">): Item {
    if (this.all(collection).some(({ name }) => name === item["name"])) {
      throw new ApiProblem(409, "uniqueness_error", `name is already used in ${collection}`);
    }
    const made = { id: this.nextId(), ...item } as Item;
    this.#collection(collection).set(made.id, made);
    return made;
  }

  /** @throws ApiProblem protected where it is protected against deletion */
  remove(collection: string, id: number): void {
    const { protection } = this.get(collection, id) as { protection?: { delete: boolean } };
    if (protection?.delete === true) throw new ApiProblem(423, "protected", "resource is protected against deletion");
    this.#collection(collection).delete(id);
  }

  begin(command: string, ...resources: Action["resources"]): Action {
    const action = { id: this.nextId(), command, started: Date.now(), resources };
    this.#actions.set(action.id, action);
    return action;
  }

  /** @throws ApiProblem not_found */
  action(id: number): Action {
    const action = this.#actions.get(id);
    if (!action) throw new ApiProblem(404, "not_found", `action with ID ${String(id)} not found`);
    return action;
  }

  #collection(name: string): Map<number, Item> {
    const known = this.#collections.get(name) ?? new Map<number, Item>();
    this.#collections.set(name, known);
    return known;
  }
}
