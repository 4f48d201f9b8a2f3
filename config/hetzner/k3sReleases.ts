/** SHA-256 of a release's binaries, by architecture. */
export interface K3sDigests {
  amd64?: string | undefined;
  arm64?: string | undefined;
}

/** The release that new servers get by default. */
export const K3S_VERSION = "v1.36.3+k3s1";

/**
 * Reviewed releases: digests of the assets `k3s` and `k3s-arm64` of github.com/k3s-io/k3s/releases.
 * Source: kube-hetzner v3.1.0, locals.tf, `k3s_release_sha256_manifest` ("captured from the official GitHub release
 * assets/checksum files").
 */
const REVIEWED: Record<string, K3sDigests> = {
  "v1.36.3+k3s1": {
    amd64: "2f98a9f8fe5782479ee2d54e70a1b10a7f6fd4cae8d38ed3098452dc6eed76b5",
    arm64: "c9a209103f480f163b7c6a56f00862b4481927b284dc29a3716bb70d886691a8",
  },
  "v1.33.13+k3s2": {
    amd64: "1572f0f23bd5a844bd405b71875877aacacc7ab79e279d3d73735654c37c7735",
    arm64: "cf6afb3944f9ecf120fa2837b542479018c08f9ea1d1d181d4a68445e7717a8d",
  },
};

/** Digests of a release: the reviewed ones, else the configured ones. */
export function k3sDigests(version: string, configured: K3sDigests): K3sDigests {
  return REVIEWED[version] ?? configured;
}
