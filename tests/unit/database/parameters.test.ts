import { expect, test } from "vitest";
import { bytes, parameters } from "../../../components/database/parameters.ts";

test.each([
  ["2Gi", "512MB", "1536MB"],
  ["256Mi", "64MB", "192MB"],
  ["64Mi", "32MB", "64MB"],
])("memory of %s: %s shared, %s assumed cached", (memory, shared, cached) => {
  const { shared_buffers, effective_cache_size } = parameters(memory, {});
  expect([shared_buffers, effective_cache_size]).toEqual([shared, cached]);
});

test("shared buffers stay below the memory request, as CloudNativePG demands", () => {
  for (const memory of ["64Mi", "1G", "3Gi", "100Gi"]) {
    const { shared_buffers = "" } = parameters(memory, {});
    expect(Number.parseInt(shared_buffers) * 1024 * 1024).toBeLessThanOrEqual(bytes(memory));
  }
});

test("every default can be overridden, and others added", () => {
  const given = { shared_buffers: "1GB", max_connections: "50" };
  expect(parameters("2Gi", given)).toMatchObject({ ...given, effective_cache_size: "1536MB" });
});
