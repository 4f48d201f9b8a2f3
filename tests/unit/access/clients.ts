import type { z } from "zod";
import { schema, type Client } from "../../../config/schema.ts";

/** A client as the stack configuration declares it, every default filled in. */
export function clientOf(declared: z.input<typeof schema>["clients"][number]): Client {
  const [client] = schema.parse({ clients: [declared] }).clients;
  if (!client) throw new Error("the schema lost the client");
  return client;
}
