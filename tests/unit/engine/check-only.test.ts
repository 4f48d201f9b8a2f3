import { expect, test } from "vitest";
import { CheckOnlyProvider } from "../../../local/engine/plugins/check-only/provider.ts";

const provider = new CheckOnlyProvider("hcloud", "1.41.0");
const request = {
  urn: "urn:pulumi:s::p::hcloud:index/server:Server::cp1",
  type: "hcloud:index/server:Server",
  name: "cp1",
};

test("inputs pass, and a preview makes nothing up", async () => {
  const autonaming = { disabled: false };
  expect(await provider.check({ ...request, olds: {}, news: { name: "cp1" }, autonaming })).toEqual({
    inputs: { name: "cp1" },
  });
  expect(await provider.create({ ...request, inputs: { name: "cp1" }, timeout: 0, preview: true })).toEqual({
    id: "",
    state: { name: "cp1" },
  });
});

test("changed inputs are shown, but for ignored ones", async () => {
  const state = { name: "cp1", userData: "old", serverType: "cx33" };
  const news = { name: "cp1", userData: "new", serverType: "cx43" };
  const { changes } = await provider.diff({ ...request, id: "1", state, news, ignoreChanges: ["userData"] });
  expect(changes).toEqual({ serverType: { kind: "update", replace: false } });
});

test("nothing is made, changed, read or deleted, and the refusal says what is missing", async () => {
  const of = { ...request, id: "1", state: {}, timeout: 0 };
  const refusals = [
    provider.create({ ...request, inputs: {}, timeout: 0, preview: false }),
    provider.update({ ...of, news: {}, ignoreChanges: [], preview: false }),
    provider.read({ ...of, inputs: {} }),
    provider.delete(of),
  ];
  for (const refusal of refusals) {
    await expect(refusal).rejects.toThrow(
      /cp1: cannot .* without pulumi-resource-hcloud 1\.41\.0.*only checks and previews/,
    );
  }
});
