/** Whom to consult, or to hand the visitor on to: a colleague, or a number. */
import { useSignal } from "@preact/signals";
import type { Third } from "../protocol.ts";
import { give, known } from "./desk.ts";

const OTHER_NUMBER = "";

export function ThirdParty(props: { interactionId: string; close: () => void }) {
  const { interactionId, close } = props;
  const colleagues = known.value?.colleagues ?? [];
  const firstFree = colleagues.find(({ free }) => free)?.name ?? OTHER_NUMBER;
  const chosen = useSignal(firstFree);
  const number = useSignal("");

  async function order(path: "/api/calls/consult" | "/api/calls/transfer") {
    const third: Third =
      chosen.value === OTHER_NUMBER ? { number: number.value } : { agent: chosen.value };
    if (await give(path, { interactionId, third })) close();
  }
  function consult(event: SubmitEvent) {
    event.preventDefault();
    void order("/api/calls/consult");
  }

  return (
    <form
      class="third"
      aria-label="Transfer or conference"
      onSubmit={consult}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <fieldset class="choices">
        <legend class="spoken">Who</legend>
        {colleagues.map(({ name, displayName, free }) => (
          <label key={name} class={free ? "" : "soft"}>
            <input
              type="radio"
              name="third"
              value={name}
              disabled={!free}
              checked={chosen.value === name}
              onChange={() => (chosen.value = name)}
            />
            {displayName}
            {!free && " (not free)"}
          </label>
        ))}
        <label>
          <input
            type="radio"
            name="third"
            value={OTHER_NUMBER}
            checked={chosen.value === OTHER_NUMBER}
            onChange={() => (chosen.value = OTHER_NUMBER)}
          />
          Another number
        </label>
      </fieldset>
      {chosen.value === OTHER_NUMBER && (
        <label>
          Number
          <input
            type="tel"
            required
            autocomplete="off"
            maxLength={40}
            value={number}
            onInput={(event) => (number.value = event.currentTarget.value)}
          />
        </label>
      )}
      <div class="buttons">
        <button type="submit" class="main">
          Talk to them first
        </button>
        <button
          type="button"
          disabled={chosen.value === OTHER_NUMBER && number.value.trim() === ""}
          onClick={() => void order("/api/calls/transfer")}
        >
          Transfer at once
        </button>
        <button type="button" class="quiet" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  );
}
