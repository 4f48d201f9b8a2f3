import { groupBy } from "../group-by.ts";
import { operandServer, parseLines, renderCnpg, standIns, unresolvedReference } from "../hba/index.ts";
import type { Endpoint, Pod } from "../network/model.ts";
import { remember } from "../network/remember.ts";
import { selectorIndex } from "../network/selector-index.ts";
import type { Problem } from "../objects.ts";
import { matches } from "../selector.ts";
import { addressLines, cidrOf } from "./address-lines.ts";
import type { Cluster } from "./cluster.ts";
import { sharedAddresses, surest, type Selected } from "./shared-addresses.ts";
import { describeRule, visibleLines, type HbaLine, type Placed } from "./visible-lines.ts";

/** What PostgreSQL asks of one source. */
export interface PostgresLayer {
  /** Whether the server takes the file at all; null where the lines are not known yet, or the server refuses them. */
  readonly known: boolean;
  /** The pod selectors and the CIDRs to which the cluster's own lines give a way in. */
  readonly admitted: { readonly selectors: ReadonlySet<string>; readonly cidrs: readonly string[] };
  /** The lines that catch connections of a source, in order, refusals included. */
  readonly linesFor: (source: Endpoint) => readonly HbaLine[];
}

/**
 * Reads a cluster's pg_hba as the operator writes it. Pods are recognised by the selectors they satisfy instead of by
 * addresses, which manifests do not have: each selector stands for one address that no pod can have.
 * @param pods those whose addresses the selectors may stand for
 */
export function postgresLayer(
  cluster: Cluster,
  problems: Problem[],
  podCidrs: readonly string[] = [],
  pods: readonly Pod[] = [],
): PostgresLayer {
  const { file } = cluster.source.position;
  const complain = (message: string, ...path: number[]) => {
    const line = cluster.source.lineOf("spec", "postgresql", "pg_hba", ...path);
    problems.push({ file, line, message: `pg_hba of Cluster ${cluster.namespace}/${cluster.name}: ${message}` });
  };
  if (cluster.unknownMajor !== undefined) {
    const [asked, instead] = [String(cluster.unknownMajor), String(cluster.major)];
    complain(`PostgreSQL ${asked} is not known here, so it is read as PostgreSQL ${instead} reads it`);
  }
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

  // The operator replaces a reference wherever it stands in a line.
  const references = new Map([...addresses].flatMap(([name, own]) => own.map((address) => [address, name])));
  const withReferences = (name: string) =>
    name.replace(/(240\.\d+\.\d+\.\d+)\/32/g, (written, address: string) => {
      const referred = references.get(address);
      return referred === undefined ? written : `\${podselector:${referred}}`;
    });
  const placed = parsed.entries.flatMap((entry, index): Placed[] => {
    if (entry.rule === undefined || entry.rule.type === "local") return [];
    const { origin, item } = rendered.source(entry.line);
    const line = item === undefined ? null : cluster.source.lineOf("spec", "postgresql", "pg_hba", item);
    return [{ rule: entry.rule, shown: { ...describeRule(entry.rule, withReferences), line, origin, index } }];
  });
  const byName = groupBy(placed, ({ rule }) => selectorOf(rule));
  const selectors = selectorIndex<Cluster["selectors"][number]>();
  for (const ref of cluster.selectors) selectors.add(cluster.namespace, ref.selector, ref);

  const sharing = sharedAddresses(pods, selecting);

  // The lines that ask for no pods of the cluster's namespace.
  const generalLines = addressLines(byName.get(undefined) ?? [], server, podCidrs);
  const ways = placed.filter(({ shown, rule }) => shown.origin === "file" && rule.method !== "reject");
  return {
    known: true,
    admitted: {
      selectors: new Set(ways.flatMap(({ rule }) => selectorOf(rule) ?? [])),
      cidrs: ways.filter(({ rule }) => selectorOf(rule) === undefined).flatMap(({ rule }) => cidrOf(rule) ?? []),
    },
    linesFor(source) {
      const general = generalLines(source);
      const bySelector = refsOf(source).flatMap(({ name, selected }) =>
        (byName.get(name) ?? []).map((line) => ({ line, catches: selected })),
      );
      if (bySelector.length === 0) return visible(general);
      return visible([...general, ...bySelector].sort((a, b) => a.line.shown.index - b.line.shown.index));
    },
  };

  function refsOf(source: Endpoint): readonly Selected[] {
    return surest([...(source.kind === "pod" ? selecting(source) : []), ...sharing(source)]);
  }

  function selecting({ namespace, labels }: Pod): readonly Selected[] {
    if (namespace !== cluster.namespace) return [];
    return selectors
      .candidates(namespace, labels)
      .map(({ name, selector }) => ({ name, selected: matches(selector, labels) }))
      .filter(({ selected }) => selected !== false);
  }
}

const unknownLayer: PostgresLayer = {
  known: false,
  admitted: { selectors: new Set(), cidrs: [] },
  linesFor: () => [],
};

/** Most sources are caught by the same lines. */
const visible = remember(visibleLines);
