import { groupBy } from "../group-by.ts";
import { exactly, matches, type Labels, type Requirement, type Selector } from "../selector.ts";

/** Of a selector with more values than this only so many are looked at. */
const maximumSamples = 100;

/**
 * Labels with just what a selector asks for: every value that it allows for a label is in one of them. None where it
 * contradicts itself, so that it selects nobody.
 */
export function samples(selector: Selector): readonly Labels[] {
  const byKey = groupBy(selector.requirements, ({ key }) => key);
  const asked = [...byKey]
    .map(([key, requirements]) => ({ key, values: allowedValues(requirements) }))
    .filter(({ values }) => values.length > 0);
  const count = Math.min(Math.max(1, ...asked.map(({ values }) => values.length)), maximumSamples);
  return Array.from({ length: count }, (_, index) =>
    exactly(Object.fromEntries(asked.map(({ key, values }) => [key, values[index % values.length] ?? ""]))),
  ).filter((labels) => matches({ ...selector, known: true }, labels) === true);
}

/** The values that a label may have to satisfy all that is asked of it; none where it may be missing, or nothing does. */
function allowedValues(requirements: readonly Requirement[]): readonly string[] {
  const [first, ...others] = requirements.filter(({ operator }) => operator === "In");
  const forbidden = new Set(requirements.flatMap(({ operator, values }) => (operator === "NotIn" ? values : [])));
  if (first !== undefined) {
    return first.values.filter(
      (value) => !forbidden.has(value) && others.every(({ values }) => values.includes(value)),
    );
  }
  return requirements.some(({ operator }) => operator === "Exists") ? [someValue(forbidden)] : [];
}

function someValue(forbidden: ReadonlySet<string>): string {
  let value = "any";
  while (forbidden.has(value)) value += "-other";
  return value;
}
