import { describe, expect, test } from "vitest";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { noClientLockedOut } from "../../../../policy/rules/network/no-client-locked-out.ts";
import { findings } from "../lab.ts";
import { sound, weakened, without } from "../sound.ts";

const judged = (yaml: string) => findings(noClientLockedOut, yaml);
const app = "client app (app=myapp) in production";

test("is satisfied by the sound stack", () => {
  expect(judged(sound)).toEqual([]);
});

describe("finds locked out", () => {
  test.each([
    [
      "a client that no policy admits",
      without("NetworkPolicy", "allow-app-to-pg"),
      `5432 is closed to ${app} by production/pg-lifelines`,
    ],
    [
      "a client by another spelling of its label",
      weakened(
        "from: [{ podSelector: { matchLabels: { app: myapp",
        "from: [{ podSelector: { matchLabels: { app: my-app",
      ),
      `5432 is closed to ${app} by production/allow-app-to-pg, production/pg-lifelines`,
    ],
    [
      "a client behind the wrong port",
      weakened(
        "app: myapp } } }]\n      ports: [{ protocol: TCP, port: 5432",
        "app: myapp } } }]\n      ports: [{ protocol: TCP, port: 5433",
      ),
      `5432 is closed to ${app} by production/allow-app-to-pg, production/pg-lifelines`,
    ],
    [
      "a range that only pg_hba knows",
      weakened(
        "      - host all all all reject",
        "      - hostssl app app_user 10.9.0.0/24 cert\n      - host all all all reject",
      ),
      "5432 is closed to cidr 10.9.0.0/24 by production/allow-app-to-pg, production/pg-lifelines",
    ],
  ])("%s", (_, yaml, expected) => {
    expect(judged(yaml)).toEqual([`Cluster production/pg: ${expected}`]);
  });
});

test("fails closed where the policy is not known yet", () => {
  expect(judged(weakened("from: [{ podSelector: { matchLabels: { app: myapp } } }]", `from: ${unknownValue}`))).toEqual(
    [
      `Cluster production/pg: whether 5432 is open to ${app} cannot be told: ` +
        "production/allow-app-to-pg holds values that are not known before up",
    ],
  );
});
