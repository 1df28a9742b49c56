/** A call offered to the visitor of a chat, and what has become of it. */
import type { ContactView } from "../protocol.ts";
import { give, known } from "./desk.ts";
import { callWords } from "./words.ts";

export function CallOffer({ contact }: { contact: ContactView }) {
  const { interaction, offer, call } = contact;
  const say = (open: boolean) =>
    void give("/api/contacts/offer-call", { interactionId: interaction.id, open });
  if (offer)
    return (
      <div class="offered">
        <p class="soft" role="status">
          {offer.accepted
            ? "The visitor has accepted. The call begins when the browser there may use the microphone."
            : `You have offered a call (${offer.choices.map((choice) => CHOICES[choice]).join(", ")}). Go on writing meanwhile.`}
        </p>
        <button type="button" onClick={() => say(false)}>
          Take the offer back
        </button>
      </div>
    );
  return (
    <div class="offered">
      {call?.state === "ended" && (
        <p class="soft" role="status">
          {callWords(call)}
        </p>
      )}
      <button type="button" disabled={!known.value?.switchUp} onClick={() => say(true)}>
        {call ? "Offer another call" : "Offer a call"}
      </button>
    </div>
  );
}

const CHOICES = { voip: "by browser", video: "with video", phone: "by telephone" };
