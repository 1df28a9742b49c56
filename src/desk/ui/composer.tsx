/** Writes an invitation: from a template or on the spot, with a view of what the visitor will see [0053-0056]. */
import { useSignal } from "@preact/signals";
import type { MessageTemplate } from "../../model/campaign.ts";
import type { Session } from "../../model/session.ts";
import { give, known, select, toast } from "./desk.ts";

/** As the invitation says it. */
const CHOICES = {
  voip: "Let\u2019s talk now, with my microphone.",
  video: "Let\u2019s have a web conference, with my camera.",
} as const;

interface Props {
  readonly session: Session;
  readonly alertId?: string;
  readonly suggestion?: MessageTemplate;
}

export function Composer({ session, alertId, suggestion }: Props) {
  const desk = known.value;
  const templates = (desk?.templates ?? []).filter(
    (t) => t.site === undefined || t.site === session.site,
  );
  const first = suggestion ?? templates[0];
  const agentName = desk?.agent.displayName ?? "";
  const filled = (words = "") => words.replaceAll("{{agent}}", agentName);
  const heading = useSignal(filled(first?.heading));
  const text = useSignal(filled(first?.text));
  const busy = useSignal(false);

  function choose(name: string) {
    const template = templates.find((t) => t.name === name);
    if (!template) return;
    heading.value = filled(template.heading);
    text.value = filled(template.text);
  }

  async function send(event: SubmitEvent) {
    event.preventDefault();
    busy.value = true;
    const answer = await give("/api/invite", {
      sessionId: session.id,
      ...(alertId !== undefined && { alertId }),
      heading: heading.value,
      text: text.value,
    });
    busy.value = false;
    if (!answer) return;
    toast("The invitation is on its way.");
    if (known.value?.visitors[session.id]) select({ kind: "visitor", id: session.id });
  }

  return (
    <section class="card composer">
      <h3>Invite</h3>
      <form onSubmit={(event) => void send(event)}>
        {templates.length > 0 && (
          <label>
            Message
            <select value={first?.name} onChange={(event) => choose(event.currentTarget.value)}>
              {templates.map((t) => (
                <option key={t.name} value={t.name}>
                  {filled(t.heading)}
                  {t.name === suggestion?.name && " (suggested)"}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          Heading
          <input
            required
            maxLength={120}
            value={heading}
            onInput={(event) => (heading.value = event.currentTarget.value)}
          />
        </label>
        <label>
          Text
          <textarea
            rows={4}
            maxLength={1000}
            value={text}
            onInput={(event) => (text.value = event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="main" disabled={busy}>
          Send invitation
        </button>
      </form>
      <figure class="preview" aria-label="What the visitor sees">
        <figcaption>What the visitor sees</figcaption>
        <div>
          <b>{filled(heading.value)}</b>
          <p>{filled(text.value)}</p>
          <ul>
            <li>No thanks, just browsing.</li>
            <li>Let’s have a text chat.</li>
            {desk?.switchUp &&
              desk.browserChoices.map((choice) => <li key={choice}>{CHOICES[choice]}</li>)}
            <li>
              Sure, call me at: <u>{session.number ?? "\u2003\u2003\u2003\u2003"}</u>
            </li>
          </ul>
        </div>
      </figure>
    </section>
  );
}
