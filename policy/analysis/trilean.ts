/** True, false, or null where the objects alone do not decide. */
export type Trilean = boolean | null;

/** True as soon as one is true; undecided where an undecided one could still make it true. */
export function anyOf<T>(items: readonly T[], holds: (item: T) => Trilean): Trilean {
  let result: Trilean = false;
  for (const item of items) {
    const value = holds(item);
    if (value === true) return true;
    if (value === null) result = null;
  }
  return result;
}

/** False as soon as one is false; undecided where an undecided one could still make it false. */
export function allOf<T>(items: readonly T[], holds: (item: T) => Trilean): Trilean {
  let result: Trilean = true;
  for (const item of items) {
    const value = holds(item);
    if (value === false) return false;
    if (value === null) result = null;
  }
  return result;
}

export function both(a: Trilean, b: Trilean): Trilean {
  if (a === false || b === false) return false;
  return a === null || b === null ? null : true;
}

export function either(a: Trilean, b: Trilean): Trilean {
  if (a === true || b === true) return true;
  return a === null || b === null ? null : false;
}

export function not(a: Trilean): Trilean {
  return a === null ? null : !a;
}
