import { stringify } from "yaml";

/** Add-on namespaces whose pods need more than Pod Security's restricted level, and why. */
const EXEMPT_NAMESPACES = [
  // cloud controller manager and CSI (host network, privileged mounts), local-path helper pods.
  "kube-system",
];

/**
 * Admission configuration of the API server: every namespace without labels of its own is restricted, and no client
 * floods etcd with events. As k3s' CIS hardening guide asks (docs.k3s.io/security/hardening-guide).
 */
export function admissionConfiguration(): string {
  const restricted = { enforce: "restricted", audit: "restricted", warn: "restricted" };
  const latest = { "enforce-version": "latest", "audit-version": "latest", "warn-version": "latest" };
  return stringify({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AdmissionConfiguration",
    plugins: [
      {
        name: "PodSecurity",
        configuration: {
          apiVersion: "pod-security.admission.config.k8s.io/v1",
          kind: "PodSecurityConfiguration",
          defaults: { ...restricted, ...latest },
          exemptions: { usernames: [], runtimeClasses: [], namespaces: EXEMPT_NAMESPACES },
        },
      },
      {
        name: "EventRateLimit",
        configuration: {
          apiVersion: "eventratelimit.admission.k8s.io/v1alpha1",
          kind: "Configuration",
          limits: [{ type: "Server", qps: 5000, burst: 20000 }],
        },
      },
    ],
  });
}
