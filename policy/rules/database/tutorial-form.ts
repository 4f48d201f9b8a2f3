const form = /podSelectorRefs?\s*\(([^()]*)\)/i;

/**
 * What to write instead of `podSelectorRefs(app=myapp)`, which tutorials show and no version of CloudNativePG knows:
 * PostgreSQL reads it as the name of a host. Undefined for every other line.
 */
export function insteadOfTutorialForm(line: string): string | undefined {
  const selector = form.exec(line)?.[1];
  if (selector === undefined) return undefined;
  const labels = selector.split(",").map((label) => label.split("=").map((part) => part.trim()));
  const written = labels.map(([key = "", value = ""]) => `${key}: ${value}`).join(", ");
  const value = labels[0]?.[1] ?? "";
  const name = /^[a-z]([a-z0-9_-]*[a-z0-9])?$/.test(value) ? value : "app";
  return `declare in spec.podSelectorRefs {name: ${name}, selector: {matchLabels: {${written}}}} and write \${podselector:${name}} for the address`;
}
