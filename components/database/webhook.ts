import { ApiError, NoKindMatch, Unreachable, type KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { until } from "../../kube/wait.ts";

/**
 * Waits until CloudNativePG's admission webhook answers for this very object: a server-side dry-run stores nothing.
 * The operator's pod is ready some seconds before the API server reaches its webhook, and the engine retries no
 * "failed calling webhook". A refusal is an answer: the real create reports it.
 * @throws TimedOut after `seconds`
 */
export async function untilWebhookAnswers(client: KubeClient, object: KubeObject, seconds: number): Promise<void> {
  let last = "";
  const answers = async () => {
    try {
      await client.create(object, { dryRun: true });
    } catch (error) {
      if (!isNotReady(error)) return true;
      last = error.message;
      return undefined;
    }
    return true;
  };
  await until("CloudNativePG's admission webhook answers", answers, { seconds, interval: 1000 }).catch(
    (error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : String(error)}; last answer: ${last}`);
    },
  );
}

function isNotReady(error: unknown): error is Error {
  if (error instanceof NoKindMatch || error instanceof Unreachable) return true;
  return error instanceof ApiError && error.message.includes("failed calling webhook");
}
