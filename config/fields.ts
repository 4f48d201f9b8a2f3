import { z } from "zod";
import { DNS_LABEL, LABEL_KEY, LABEL_VALUE, POSTGRES_IDENTIFIER, QUANTITY } from "./patterns.ts";

// Kinds of values that several settings have.
export const dnsLabel = (max = 63) => z.string().max(max).regex(DNS_LABEL.pattern, DNS_LABEL.expected);
export const quantity = z.string().regex(QUANTITY.pattern, QUANTITY.expected);
export const identifier = z.string().regex(POSTGRES_IDENTIFIER.pattern, POSTGRES_IDENTIFIER.expected);
export const databaseName = identifier.max(56, "at most 56 characters: <database>_reader is a role, and those have 63");
export const cidr = z.union([z.cidrv4(), z.cidrv6()], "an IPv4 or IPv6 network in CIDR notation");
export const labels = z.record(
  z.string().regex(LABEL_KEY.pattern, LABEL_KEY.expected),
  z.string().regex(LABEL_VALUE.pattern, LABEL_VALUE.expected),
);
export const podLabels = labels.refine(
  (map) => Object.keys(map).length > 0,
  "at least one label: none would match every pod",
);
