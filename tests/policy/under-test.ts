import { fileURLToPath } from "node:url";

/** The directory of the package that is tested: the repository's, or the copy that `POLICY_UNDER_TEST` names. */
export const policyUnderTest =
  process.env["POLICY_UNDER_TEST"] ?? fileURLToPath(new URL("../../policy", import.meta.url));
