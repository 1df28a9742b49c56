/** After a contact: how it ended, and what to remember. */
import { useSignal } from "@preact/signals";
import type { ContactView } from "../protocol.ts";
import { give, known, toast } from "./desk.ts";
import { outcomeWords } from "./words.ts";

export function WrapUp({ contact: { interaction } }: { contact: ContactView }) {
  const chosen = useSignal("");
  const note = useSignal(interaction.note ?? "");
  const dispositions = known.value?.dispositions ?? [];

  async function close(event: SubmitEvent) {
    event.preventDefault();
    const done = await give("/api/contacts/close", {
      interactionId: interaction.id,
      disposition: chosen.value,
      ...(note.value.trim() !== "" && { note: note.value.trim() }),
    });
    if (done) toast("Closed.");
  }

  return (
    <section class="card">
      <h3>How did it end?</h3>
      {interaction.outcome && <p class="soft">{outcomeWords(interaction.outcome)}.</p>}
      <form onSubmit={(event) => void close(event)}>
        <fieldset class="choices">
          <legend class="spoken">Disposition</legend>
          {dispositions.map(({ code, label }) => (
            <label key={code}>
              <input
                type="radio"
                name="disposition"
                value={code}
                required
                checked={chosen.value === code}
                onChange={() => (chosen.value = code)}
              />
              {label}
            </label>
          ))}
        </fieldset>
        <label>
          Note
          <textarea
            rows={2}
            maxLength={2000}
            value={note}
            onInput={(event) => (note.value = event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="main">
          Close contact
        </button>
      </form>
    </section>
  );
}
