import { remember } from "../analysis/network/remember.ts";
import { readClusters } from "../analysis/access/cluster.ts";
import { findOperators } from "../analysis/access/insiders.ts";
import { readOwnedWorld } from "../analysis/access/own-pods.ts";
import type { Stack } from "./stack.ts";

/** What decides the network of a stack: its pods, namespaces and policies. */
export const worldOf = remember((stack: Stack) => readOwnedWorld(stack.objects, []));

/** The pods of the stack's operator. */
export const operatorsOf = remember((stack: Stack) =>
  findOperators(worldOf(stack), new Set(readClusters(stack.objects).map(({ namespace }) => namespace))),
);
