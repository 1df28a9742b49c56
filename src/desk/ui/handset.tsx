/**
 * The receiver is lifted and nothing dialled: whom to call [0038]. What is open on the screen is called by itself; when that
 * is nobody with a number the agent picks from a list.
 */
import { give, handsetChoices, known } from "./desk.ts";
import { Icon } from "./icons.tsx";

export function Handset() {
  const { lineId, number, waits } = known.value?.handset ?? {};
  if (lineId === undefined && number === undefined) return null;
  const onBreak = known.value?.agent.status === "on_break";
  if (waits && !onBreak && number === undefined) return <Waits />;
  const choices = handsetChoices.value;
  return (
    <section class="card handset" role="dialog" aria-labelledby="handset">
      <h3 id="handset">
        <Icon name="phone" />
        {lineId === undefined ? "A number from another program" : "Your receiver is lifted"}
      </h3>
      {lineId !== undefined && (
        <p class="soft" role="status">
          {choices.length === 0 && number === undefined
            ? "Nobody is waiting to be called. Open somebody with a number, or put the receiver down."
            : "Whom shall we call?"}
        </p>
      )}
      <div class="buttons">
        {number !== undefined && (
          <button type="button" class="main" onClick={() => void give("/api/number/call", {})}>
            Call {number}
          </button>
        )}
        {lineId !== undefined &&
          choices.map(({ id, label, call }) => (
            <button key={id} type="button" onClick={call}>
              {label}
            </button>
          ))}
      </div>
    </section>
  );
}

/** Calls come by themselves; whom they are with is shown as each comes. */
function Waits() {
  return (
    <section class="card handset" aria-labelledby="handset">
      <h3 id="handset">
        <Icon name="phone" />
        Your receiver is lifted
      </h3>
      <p class="soft" role="status">
        Calls come by themselves, one after the other, while you keep the receiver in your hand.
      </p>
    </section>
  );
}
