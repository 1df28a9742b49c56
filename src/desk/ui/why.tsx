/** What each campaign says of a visitor now, condition by condition: for supervisors who wonder why nothing, or something, happened. */
import { useSignal } from "@preact/signals";
import type { Condition, Explanation } from "../../model/explanation.ts";
import type { Session } from "../../model/session.ts";
import { give } from "./desk.ts";
import { factWords, explanationWords, timeOfDay } from "./words.ts";

export function Why({ session }: { session: Session }) {
  const asked = useSignal<{ campaigns: readonly Explanation[]; atMs: number } | undefined>(
    undefined,
  );
  async function ask() {
    const answer = await give("/api/visitors/explain", { sessionId: session.id });
    if (answer) asked.value = { ...answer, atMs: Date.now() };
  }
  const { campaigns, atMs } = asked.value ?? {};
  return (
    <section class="card why">
      <h3>Campaigns</h3>
      {campaigns?.map((one) => (
        <Campaign key={one.campaign} one={one} />
      ))}
      {campaigns?.length === 0 && <p class="soft">This site has no campaigns.</p>}
      <p class="again">
        <button type="button" onClick={() => void ask()}>
          {campaigns ? "Ask again" : "Why is this visitor noticed, or not?"}
        </button>
        {atMs !== undefined && <span class="soft">As of {timeOfDay(atMs)}</span>}
      </p>
    </section>
  );
}

function Campaign({ one }: { one: Explanation }) {
  return (
    <article>
      <h4>
        <span class={`truth ${one.result}`}>{one.result}</span> {one.campaign}
      </h4>
      <p class="soft">{explanationWords(one)}</p>
      <ul>
        {one.conditions.map((condition, i) => (
          <Line key={i} condition={condition} />
        ))}
      </ul>
    </article>
  );
}

function Line({ condition }: { condition: Condition }) {
  return (
    <li>
      <span class={`truth ${condition.result}`}>{condition.result}</span>
      <code>{condition.text}</code>
      <small>{condition.facts.map(factWords).join(", ")}</small>
    </li>
  );
}
