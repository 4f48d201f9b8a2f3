import { remember } from "../analysis/network/remember.ts";
import { readWorld } from "../analysis/network/world.ts";
import type { Stack } from "./stack.ts";

/** What decides the network of a stack: its pods, namespaces and policies. */
export const worldOf = remember((stack: Stack) => readWorld(stack.objects, []));
