import { describe, expect, it } from "vitest";
import { knocks, logins, people } from "../../../local/proof/plan.ts";
import { everyVerb, questions, questionText } from "../../../local/proof/questions.ts";

describe("the plan of the proof", () => {
  it.each(Object.keys(people))("has %s knock at every port and log in", (from) => {
    expect(knocks.filter((each) => each.from === from).map(({ to }) => to)).toEqual([
      "service",
      "instances",
      "managers",
    ]);
    expect(logins.some((each) => each.from === from)).toBe(true);
  });

  it("expects nobody at the instance managers", () => {
    expect(new Set(knocks.filter(({ to }) => to === "managers").map(({ expected }) => expected))).toEqual(
      new Set(["out: network"]),
    );
  });

  it("expects strangers out although they know the password, and the client in only with everything right", () => {
    for (const login of logins.filter(({ from }) => from === "unlabelled" || from === "foreign")) {
      expect(login).toMatchObject({ expected: "out: network" });
      expect(login).not.toHaveProperty("wrongPassword");
    }
    const welcome = logins.filter(({ from, expected }) => from === "client" && expected === "in");
    expect(welcome).toEqual([{ from: "client", tls: "verify-full", expected: "in" }]);
  });
});

describe("the questions about the client's ServiceAccount", () => {
  const all = questions(["pg-ca", "pg-server"]);

  it("allow one thing only", () => {
    expect(all.filter(({ expected }) => expected === "allowed")).toEqual([
      {
        what: "Secret pg-app-credentials",
        resource: "secrets",
        verbs: ["get"],
        names: ["pg-app-credentials"],
        expected: "allowed",
      },
    ]);
  });

  it.each([
    ["list", "secrets", undefined],
    ["create", "pods", undefined],
    ["create", "pods", "exec"],
    ["create", "serviceaccounts", "token"],
    ["delete", "networkpolicies", undefined],
    ["bind", "roles", undefined],
    ["escalate", "clusterroles", undefined],
    ["impersonate", "serviceaccounts", undefined],
  ])("deny %s %s %s", (verb, resource, subresource) => {
    const asked = all.filter(
      (each) => each.resource === resource && each.subresource === subresource && each.verbs.includes(verb),
    );
    expect(asked.map(({ expected }) => expected)).toEqual(asked.map(() => "denied"));
    expect(asked.length).toBeGreaterThan(0);
  });

  it("read as a person would ask them", () => {
    const ask = (verbs: string[]) => questionText({ what: "Pods", resource: "pods", verbs, expected: "denied" });
    expect(ask(everyVerb)).toBe("any verb: Pods");
    expect(ask(["get", "list"])).toBe("get, list: Pods");
  });
});
