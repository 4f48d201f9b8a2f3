import { ApiError, type KubeClient } from "../../kube/client.ts";
import { attempts, type Attempt, type Scene } from "./attempts.ts";
import { row, type Row } from "./rows.ts";

/** What the API server says to an attempt. */
export interface Judgement {
  observed: "refused" | "accepted" | "undecided";
  /** The policy that refuses it. */
  by: string;
  message: string;
}

/** Makes an attempt; anything but a policy's refusal or success is undecided. */
export async function judge(client: KubeClient, scene: Scene, attempt: Attempt): Promise<Judgement> {
  try {
    await attempt.make(client, scene);
    return { observed: "accepted", by: "", message: "" };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const [, by, message] = /ValidatingAdmissionPolicy '([^']*)' .*denied request: (.*)/s.exec(text) ?? [];
    if (error instanceof ApiError && by !== undefined && message !== undefined)
      return { observed: "refused", by, message };
    return { observed: "undecided", by: "", message: text };
  }
}

/**
 * Makes every attempt where the policies hold and where they do not. It proves something only where nothing else
 * refuses it.
 */
export async function proveAdmission(developer: KubeClient, guarded: Scene, free: Scene): Promise<Row[]> {
  const rows: Row[] = [];
  for (const attempt of attempts) {
    const [here, there] = [await judge(developer, guarded, attempt), await judge(developer, free, attempt)];
    const decided = there.observed === "accepted";
    rows.push(
      row({
        layer: "admission",
        from: "namespace developer",
        to: attempt.what,
        expected: "refused",
        observed: decided ? here.observed : "undecided",
        by: here.by,
        message: decided ? here.message : `not accepted where no policy is, either: ${there.message}`,
        ok: decided && here.observed === "refused",
      }),
    );
  }
  return rows;
}
