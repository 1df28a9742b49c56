/** One entry of the job file. */
import type { Callback as CallbackEntry } from "../../model/callback.ts";
import { give, nowMs, select } from "./desk.ts";
import { Heading } from "./heading.tsx";
import { moment, roughly } from "./words.ts";

export function Callback({ callback }: { callback: CallbackEntry }) {
  const { id, evidence, dueMs, state } = callback;
  const open = state === "due" || state === "scheduled";

  async function call() {
    const answer = await give("/api/callbacks/accept", { callbackId: id });
    if (answer) select({ kind: "contact", id: answer.interactionId });
  }

  return (
    <div class="item">
      <Heading
        kind="callback"
        name={callback.name}
        address={evidence.address}
        url={evidence.url}
        site={callback.site}
        priority={callback.priority}
        number={callback.number}
      />
      <div class="halves">
        <div>
          <section class="card control">
            <p class="state">
              {state === "scheduled"
                ? `To be called in ${roughly(dueMs - nowMs.value)}`
                : state === "due"
                  ? "To be called now"
                  : state === "reserved"
                    ? "Is being called"
                    : "Was tried already"}
            </p>
            <dl class="facts">
              <dt>When</dt>
              <dd>{moment(dueMs)} (your time)</dd>
              <dt>About</dt>
              <dd>{callback.topic ?? "not said"}</dd>
              <dt>Tried</dt>
              <dd>{callback.attempts === 0 ? "not yet" : `${callback.attempts} times`}</dd>
            </dl>
            {open && (
              <div class="buttons">
                <button type="button" class="main" onClick={() => void call()}>
                  Call now
                </button>
                <button
                  type="button"
                  onClick={() => void give("/api/callbacks/cancel", { callbackId: id })}
                >
                  Cancel callback
                </button>
              </div>
            )}
          </section>
        </div>
        <div>
          <section class="card">
            <h3>What the visitor agreed to</h3>
            <blockquote>{evidence.text}</blockquote>
            <p class="soft">
              On {evidence.url}, {moment(evidence.atMs)}, from {evidence.address}. The number was
              typed as “{evidence.typed}”.
            </p>
          </section>
        </div>
      </div>
    </div>
  );
}
