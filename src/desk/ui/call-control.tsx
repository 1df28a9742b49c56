/** The current call: what it is doing, and what the agent can do with it (patent Fig. 5, area 76). */
import { useSignal } from "@preact/signals";
import { type Call, legOf } from "../../model/call.ts";
import type { ContactView } from "../protocol.ts";
import { give, isMine, known, nowMs } from "./desk.ts";
import { Keypad } from "./keypad.tsx";
import { Pictures } from "./pictures.tsx";
import { ThirdParty } from "./third-party.tsx";
import { automaticWords, callWords, duration, legWords, wishWords } from "./words.ts";

export function CallControl({ contact }: { contact: ContactView }) {
  const { interaction, call } = contact;
  const { state, queuedMs } = interaction;
  if (state !== "queued" && !isMine(contact)) return <Consulted contact={contact} />;
  return (
    <section class="card control">
      <p class="state" role="status">
        {state === "queued"
          ? `${wishWords(interaction.kind)}, waiting for ${duration(nowMs.value - queuedMs)}.`
          : call
            ? callWords(call)
            : "Getting the telephones ready \u2026"}
      </p>
      {contact.automatic && <p class="soft">{automaticWords(interaction)}</p>}
      {call && state !== "queued" && <Legs call={call} />}
      {call?.line !== undefined && <Pictures call={call} />}
      <Buttons contact={contact} />
    </section>
  );
}

/** A colleague is asking about the visitor. */
function Consulted({ contact: { call } }: { contact: ContactView }) {
  const talking = call && legOf(call, "third")?.state === "joined";
  return (
    <section class="card control">
      <p class="state" role="status">
        {talking
          ? "A colleague is talking with you about this visitor."
          : "Your telephone is ringing: a colleague has this visitor on the line."}
      </p>
      {call && <Legs call={call} />}
    </section>
  );
}

function Legs({ call }: { call: Call }) {
  const endMs = call.endedMs ?? nowMs.value;
  const third = legOf(call, "third");
  const colleague = known.value?.colleagues.find(({ name }) => name === third?.agent);
  return (
    <dl class="legs">
      <dt>{third?.agent === known.value?.agent.name ? "Colleague" : "Your telephone"}</dt>
      <dd>{legWords(call, "agent")}</dd>
      <dt>{call.line === undefined ? `Visitor ${call.number}` : "Visitor\u2019s browser"}</dt>
      <dd>{legWords(call, "visitor")}</dd>
      {third && (
        <>
          <dt>
            {third.agent === undefined && third.to.kind === "public"
              ? third.to.number
              : (colleague?.displayName ?? "You")}
          </dt>
          <dd>{legWords(call, "third")}</dd>
        </>
      )}
      <dt>Duration</dt>
      <dd>{call.joinedMs === undefined ? "\u2013" : duration(endMs - call.joinedMs)}</dd>
    </dl>
  );
}

function Buttons({ contact: { interaction, call } }: { contact: ContactView }) {
  const interactionId = interaction.id;
  const body = { interactionId };
  const dialogue = useSignal<"third" | "keypad" | undefined>(undefined);
  const state = call?.state;
  const third = call && legOf(call, "third");
  const thirdTalks = third?.state === "joined" || third?.state === "held";
  const open = (which: "third" | "keypad") =>
    (dialogue.value = dialogue.value === which ? undefined : which);
  const canCallThird = state === "joined" || state === "held";
  const canType = state === "joined" || state === "conference";
  return (
    <>
      <div class="buttons">
        {interaction.state === "queued" && (
          <button
            type="button"
            class="main"
            onClick={() => void give("/api/contacts/accept", body)}
          >
            Accept and call
          </button>
        )}
        {state === "joined" && (
          <button type="button" onClick={() => void give("/api/calls/hold", body)}>
            Hold
          </button>
        )}
        {(state === "held" || state === "consulting" || state === "conference") && (
          <button type="button" class="main" onClick={() => void give("/api/calls/resume", body)}>
            {state === "held" ? "Resume" : "Back to the visitor"}
          </button>
        )}
        {canCallThird && (
          <button
            type="button"
            aria-expanded={dialogue.value === "third"}
            onClick={() => open("third")}
          >
            {known.value?.conferences ? "Transfer or conference \u2026" : "Transfer \u2026"}
          </button>
        )}
        {state === "consulting" && (
          <button type="button" onClick={() => void give("/api/calls/transfer", body)}>
            Transfer
          </button>
        )}
        {state === "consulting" && thirdTalks && known.value?.conferences && (
          <button type="button" onClick={() => void give("/api/calls/conference", body)}>
            Conference
          </button>
        )}
        {state === "conference" && (
          <button type="button" onClick={() => void give("/api/calls/transfer", body)}>
            Leave the two
          </button>
        )}
        {canType && (
          <button
            type="button"
            aria-expanded={dialogue.value === "keypad"}
            onClick={() => open("keypad")}
          >
            Keypad
          </button>
        )}
        {state !== undefined && state !== "ended" && state !== "transferred" && (
          <button
            type="button"
            class="danger"
            onClick={() => void give("/api/contacts/release", body)}
          >
            Release
          </button>
        )}
        {interaction.state === "wrapping" && (
          <button type="button" onClick={() => void give("/api/contacts/redial", body)}>
            Redial
          </button>
        )}
      </div>
      {dialogue.value === "third" && canCallThird && (
        <ThirdParty interactionId={interactionId} close={() => (dialogue.value = undefined)} />
      )}
      {dialogue.value === "keypad" && canType && <Keypad interactionId={interactionId} />}
    </>
  );
}
