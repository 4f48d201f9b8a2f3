import { groupBy } from "../group-by.ts";
import ipaddr from "ipaddr.js";
import {
  decide,
  operandServer,
  parseLines,
  renderCnpg,
  standIns,
  unresolvedReference,
  type Name,
  type Rule,
} from "../hba/index.ts";
import type { Endpoint, Outsider, Pod } from "../network/model.ts";
import { podAddresses } from "../network/pod-addresses.ts";
import { remember } from "../network/remember.ts";
import { selectorIndex } from "../network/selector-index.ts";
import type { Problem } from "../objects.ts";
import { matches } from "../selector.ts";
import type { Trilean } from "../trilean.ts";
import type { Cluster } from "./cluster.ts";
import { describeRule, visibleLines, type Caught, type HbaLine, type Placed } from "./visible-lines.ts";

/** What PostgreSQL asks of one source. */
export interface PostgresLayer {
  /** Whether the server takes the file at all; null where the lines are not known yet, or the server refuses them. */
  readonly known: boolean;
  /** The pod selectors and the CIDRs to which the cluster's own lines give a way in. */
  readonly admitted: { readonly selectors: ReadonlySet<string>; readonly cidrs: readonly string[] };
  /** The lines that catch connections of a source, in order, refusals included. */
  readonly linesFor: (source: Endpoint) => readonly HbaLine[];
}

/** As much of a source as its addresses depend on. */
type Addressed = Outsider | Pick<Pod, "kind" | "addresses" | "hostNetwork">;

/**
 * Reads a cluster's pg_hba as the operator writes it. Pods are recognised by the selectors they satisfy instead of by
 * addresses, which manifests do not have: each selector stands for one address that no pod can have.
 */
export function postgresLayer(cluster: Cluster, problems: Problem[], podCidrs: readonly string[] = []): PostgresLayer {
  const { file } = cluster.source.position;
  const complain = (message: string, ...path: number[]) => {
    const line = cluster.source.lineOf("spec", "postgresql", "pg_hba", ...path);
    problems.push({ file, line, message: `pg_hba of Cluster ${cluster.namespace}/${cluster.name}: ${message}` });
  };
  cluster.selectors.forEach(({ name, refusal }, index) => {
    if (refusal === undefined) return;
    const message = `podSelectorRefs of Cluster ${cluster.namespace}/${cluster.name}: pod selector ${name} is refused: ${refusal}`;
    problems.push({ file, line: cluster.source.lineOf("spec", "podSelectorRefs", index), message });
  });
  if (cluster.pgHba === undefined) {
    complain("the lines are not known yet, so nothing is said about who may authenticate");
    return unknownLayer;
  }

  const { addresses, selectorOf } = standIns(cluster.selectors.map(({ name }) => name));
  cluster.pgHba.forEach((item, index) => {
    const reference = unresolvedReference(item, addresses);
    if (reference === undefined) return;
    complain(`${reference} refers to nothing in podSelectorRefs: the operator refuses the Cluster`, index);
  });
  const rendered = renderCnpg(cluster.pgHba, addresses, cluster.ldap);
  const server = operandServer(cluster.major);
  const parsed = parseLines(rendered.text, server);
  for (const { line, message } of parsed.errors) {
    const { item } = rendered.source(line);
    complain(`${message}: PostgreSQL refuses the whole file`, ...(item === undefined ? [] : [item]));
  }
  if (!parsed.accepted) return unknownLayer;

  const placed = parsed.entries.flatMap((entry, index): Placed[] => {
    if (entry.rule === undefined || entry.rule.type === "local") return [];
    const { origin, item } = rendered.source(entry.line);
    const line = item === undefined ? null : cluster.source.lineOf("spec", "postgresql", "pg_hba", item);
    return [{ rule: entry.rule, shown: { ...describeRule(entry.rule), line, origin, index } }];
  });
  const byName = groupBy(placed, ({ rule }) => selectorOf(rule));
  const selectors = selectorIndex<Cluster["selectors"][number]>();
  for (const ref of cluster.selectors) selectors.add(cluster.namespace, ref.selector, ref);

  const ofAnyPod = generalLines({ kind: "pod", addresses: [], hostNetwork: false });

  const ways = placed.filter(({ shown, rule }) => shown.origin === "file" && rule.method !== "reject");
  return {
    known: true,
    admitted: {
      selectors: new Set(ways.flatMap(({ rule }) => selectorOf(rule) ?? [])),
      cidrs: ways.filter(({ rule }) => selectorOf(rule) === undefined).flatMap(({ rule }) => cidrOf(rule) ?? []),
    },
    linesFor(source) {
      const isAnyPod = source.kind === "pod" && source.addresses.length === 0 && !source.hostNetwork;
      const general = isAnyPod ? ofAnyPod : generalLines(source);
      const bySelector = refsOf(source).flatMap(({ name, selected }) =>
        (byName.get(name) ?? []).map((line) => ({ line, catches: selected })),
      );
      if (bySelector.length === 0) return visible(general);
      return visible([...general, ...bySelector].sort((a, b) => a.line.shown.index - b.line.shown.index));
    },
  };

  /** The lines that ask for no pods of the cluster's namespace. */
  function generalLines(source: Addressed): readonly Caught[] {
    return (byName.get(undefined) ?? []).map((line) => ({ line, catches: catches(line, source) }));
  }

  function refsOf(source: Endpoint): { name: string; selected: Trilean }[] {
    if (source.kind !== "pod" || source.namespace !== cluster.namespace) return [];
    return selectors
      .candidates(source.namespace, source.labels)
      .map(({ name, selector }) => ({ name, selected: matches(selector, source.labels) }))
      .filter(({ selected }) => selected !== false);
  }

  function catches({ rule }: Placed, source: Addressed): Trilean {
    if (rule.address?.kind === "all") return true;
    if (rule.address?.kind === "host") return holds(rule, anAddress);
    const addresses = addressesOf(source, rule);
    // Whether pods have IPv6 addresses too is not known: then all of IPv4 lets them in, and turns nobody away for certain.
    if (addresses.length === 0) return rule.method !== "reject" && isAllOfIpv4(rule) ? true : null;
    const answers = new Set(addresses.map((address) => holds(rule, address)));
    return answers.size === 1 ? ([...answers][0] ?? null) : null;
  }

  function addressesOf(source: Addressed, rule: Rule): readonly string[] {
    if (source.kind === "outsider") return source.address === undefined ? [] : [source.address];
    const cidr = cidrOf(rule);
    return cidr === undefined ? source.addresses : podAddresses(source, podCidrs, [cidr]);
  }

  /** Whether the line's address column holds an address, whoever the user is. */
  function holds(rule: Rule, address: string): Trilean {
    const anybody = { ...rule, databases: [anyName], users: [anyName] };
    const connection = {
      address,
      ssl: rule.type !== "hostnossl",
      replication: false,
      database: "any",
      user: "any",
      roles: null,
    };
    const verdict = decide([{ file: undefined, line: 1, rule: anybody, error: undefined }], connection, server);
    return verdict.kind === "undecided" ? null : verdict.kind === "match";
  }
}

/** Host names are judged without an address: those that no name service can know catch nobody, the others are undecided. */
const anAddress = "192.0.2.1";

function isAllOfIpv4({ address }: Rule): boolean {
  return address?.kind === "range" && address.mask.length === 4 && address.mask.every((octet) => octet === 0);
}

const unknownLayer: PostgresLayer = {
  known: false,
  admitted: { selectors: new Set(), cidrs: [] },
  linesFor: () => [],
};

const anyName: Name = { text: "all", quoted: false, regex: undefined };

/** The range of a line as a CIDR; undefined for every other address, and for masks with holes. */
export function cidrOf({ address }: Rule): string | undefined {
  if (address?.kind !== "range") return undefined;
  const bits = address.mask.map((octet) => octet.toString(2).padStart(8, "0")).join("");
  return /^1*0*$/.test(bits)
    ? `${ipaddr.fromByteArray([...address.address]).toString()}/${String(bits.lastIndexOf("1") + 1)}`
    : undefined;
}

/** Most sources are caught by the same lines. */
const visible = remember(visibleLines);
