import type { DeviationName } from "../../../policy/analysis/network/known-deviations.ts";
import { policyManifest, type PolicyManifest } from "./generate.ts";

/** One connection on which a deviation shows. */
export interface Case {
  readonly policies: (addressOf: (pod: string) => string) => readonly PolicyManifest[];
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** What k3s does; null where it changes its mind. */
  readonly k3s: boolean | null;
  /** What it would do without the deviation. */
  readonly otherwise: boolean;
}

const toPg = { podSelector: { matchLabels: { cluster: "pg" } } };

/** The smallest cases there are, one for each deviation that packets of IPv4 can show. */
export const cases: Readonly<Record<Exclude<DeviationName, "narrowIpv6">, Case>> = {
  unresolvedNames: {
    policies: () => [
      policyManifest("lab", "p", { ...toPg, ingress: [{ from: [{ podSelector: {} }], ports: [{ port: "typo" }] }] }),
    ],
    from: "lab/bare",
    to: "lab/pg-1",
    port: 8000,
    k3s: true,
    otherwise: false,
  },
  mixedDirections: {
    policies: () => [
      policyManifest("lab", "p", { ...toPg, policyTypes: ["Ingress", "Egress"], ingress: [{}], egress: [] }),
    ],
    from: "lab/pg-1",
    to: "lab/pg-2",
    port: 5432,
    k3s: true,
    otherwise: false,
  },
  borrowedNames: {
    policies: () => [policyManifest("lab", "p", { ...toPg, ingress: [{ ports: [{ port: "db" }] }] })],
    from: "lab/bare",
    to: "lab/pg-3",
    port: 5432,
    k3s: null,
    otherwise: false,
  },
  mergedBlocks: {
    policies: (addressOf) => {
      const only = `${addressOf("lab/bare")}/32`;
      const allBut = { ipBlock: { cidr: "10.244.0.0/16", except: [only] } };
      return [policyManifest("lab", "p", { ...toPg, ingress: [{ from: [{ ipBlock: { cidr: only } }, allBut] }] })];
    },
    from: "lab/bare",
    to: "lab/pg-1",
    port: 5432,
    k3s: false,
    otherwise: true,
  },
  guessedEgressNames: {
    policies: () => [
      policyManifest("lab2", "p", {
        podSelector: { matchLabels: { app: "other" } },
        policyTypes: ["Egress"],
        egress: [{ ports: [{ port: "db" }] }],
      }),
    ],
    from: "lab2/app-2",
    to: "lab/bare",
    port: 8000,
    k3s: true,
    otherwise: false,
  },
  namedEgressBlocks: {
    policies: () => [
      policyManifest("lab", "p", {
        podSelector: { matchLabels: { app: "myapp" } },
        policyTypes: ["Egress"],
        egress: [{ to: [{ ipBlock: { cidr: "10.244.0.0/16" } }], ports: [{ port: "db" }] }],
      }),
    ],
    from: "lab/app-1",
    to: "lab/pg-1",
    port: 5432,
    k3s: false,
    otherwise: true,
  },
  hiddenSidecars: {
    policies: () => [
      policyManifest("lab", "p", {
        podSelector: { matchLabels: { app: "myapp" } },
        ingress: [{ ports: [{ port: "side" }] }],
      }),
    ],
    from: "lab/bare",
    to: "lab/app-2",
    port: 5433,
    k3s: false,
    otherwise: true,
  },
  sharedChains: {
    policies: () => [
      policyManifest("lab", "2x", { ...toPg, ingress: [{}] }),
      policyManifest("lab2", "x", { ...toPg, ingress: [] }),
    ],
    from: "lab/bare",
    to: "lab/pg-1",
    port: 5432,
    k3s: null,
    otherwise: true,
  },
};
