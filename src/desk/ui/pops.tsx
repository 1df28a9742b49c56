/** What has just come in while the agent was busy with something else. It lies on top, and never takes the focus. */
import type { Interaction } from "../../model/interaction.ts";
import { known, popped, putAway, select, toasts, type Selection } from "./desk.ts";
import { Icon, Priority } from "./icons.tsx";
import { pageWords, wishWords } from "./words.ts";

export function Pops() {
  return (
    <div class="pops" role="status">
      {popped.value.map((selection) => (
        <Pop key={selection.id} selection={selection} />
      ))}
      {toasts.value.map(({ id, text, bad }) => (
        <p key={id} class={`toast ${bad ? "bad" : ""}`} role={bad ? "alert" : undefined}>
          {text}
        </p>
      ))}
    </div>
  );
}

function Pop({ selection }: { selection: Selection }) {
  const facts = describe(selection);
  if (!facts) return null;
  return (
    <article class={`pop ${facts.kind}`}>
      <span class={`kind ${facts.kind}`}>
        <Icon name={facts.kind} />
      </span>
      <div>
        <b>{facts.title}</b>
        <span>{facts.who}</span>
        <span class="reason">{facts.why}</span>
      </div>
      <Priority value={facts.priority} />
      <div class="buttons">
        <button type="button" class="main" onClick={() => select(selection)}>
          Open
        </button>
        <button type="button" onClick={() => putAway(selection)}>
          Later
        </button>
      </div>
    </article>
  );
}

function describe({ kind, id }: Selection) {
  const desk = known.value;
  const alert = kind === "alert" ? desk?.alerts[id] : undefined;
  if (alert) {
    const { session, opportunity } = alert;
    return {
      kind: "alert" as const,
      title: `Alert: ${opportunity.campaign}`,
      who: `${session.name ?? session.address} on ${pageWords(session.trail.at(-1)?.url ?? "")}`,
      why: opportunity.criterion,
      priority: session.priority,
    };
  }
  const contact = kind === "contact" ? desk?.contacts[id] : undefined;
  if (contact) {
    const { interaction } = contact;
    const chat = interaction.kind === "chat";
    return {
      kind: chat ? ("chat" as const) : ("phone" as const),
      title: wishWords(interaction.kind),
      who: whoAsks(interaction),
      why:
        interaction.preferredAgent === desk?.agent.name
          ? "Answers your invitation"
          : interaction.site,
      priority: interaction.priority,
    };
  }
  const callback = kind === "callback" ? desk?.callbacks[id] : undefined;
  return (
    callback && {
      kind: "callback" as const,
      title: "A callback is due",
      who: callback.name ?? callback.number,
      why: callback.topic ?? callback.site,
      priority: callback.priority,
    }
  );
}

function whoAsks({ name, address, number, url }: Interaction): string {
  const who = name ?? address ?? number ?? "";
  return url === undefined ? who : `${who} on ${pageWords(url)}`;
}
