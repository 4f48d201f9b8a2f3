/** A pattern that a value must match, and how to say so. */
interface Pattern {
  pattern: RegExp;
  expected: string;
}

/** RFC 1035 label, as names of Services (and so of Clusters) must be. */
export const DNS_LABEL: Pattern = {
  pattern: /^[a-z]([a-z0-9-]*[a-z0-9])?$/,
  expected: "a DNS label: lower-case letters, digits and inner dashes, a letter first",
};

/** A name that means the same in pg_hba.conf and, quoted, in SQL, and that CloudNativePG's own unquoted use does not break. */
export const POSTGRES_IDENTIFIER: Pattern = {
  pattern: /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/,
  expected:
    "a PostgreSQL name: ASCII letters, digits, underscores and dashes, no digit or dash first, at most 63 characters " +
    "(CloudNativePG puts names into connection strings unquoted)",
};

/** RFC 1123 subdomain, as names of Secrets are. */
export const SECRET_NAME: Pattern = {
  pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
  expected: "the name of a Secret: lower-case letters, digits, inner dashes and dots",
};

export const HBA_LINE: Pattern = {
  pattern: /^(?=.*\S)[^\r\n]*[^\r\n\\]$/,
  expected: "one line of pg_hba.conf, and no backslash at its end",
};

export const LABEL_KEY: Pattern = {
  pattern: /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/,
  expected: "a Kubernetes label key",
};

export const LABEL_VALUE: Pattern = {
  pattern: /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/,
  expected: "a Kubernetes label value: at most 63 letters, digits, dashes, underscores and dots",
};

/** Quantities of memory, storage and CPU, without the exponent forms that nobody writes. */
export const QUANTITY: Pattern = {
  pattern: /^[1-9][0-9]*(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/,
  expected: 'a Kubernetes quantity like "512Mi", "10Gi" or "500m"',
};

/** CloudNativePG reads the PostgreSQL version off the tag; a digest may follow, but not stand alone. */
export const IMAGE: Pattern = {
  pattern: /^[^\s@]+:[1-9][0-9][^\s@:/]*(@sha256:[0-9a-f]{64})?$/,
  expected: "an image whose tag starts with the PostgreSQL version, like postgresql:18.4-standard-trixie",
};

export const PGBOUNCER_IMAGE: Pattern = {
  pattern: /^[^\s@]+:1\.[0-9][^\s@:/]*(@sha256:[0-9a-f]{64})?$/,
  expected: "an image whose tag starts with PgBouncer's version, like pgbouncer:1.25.1",
};
