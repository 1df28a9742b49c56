/** Name, URL and priority of whoever the middle of the screen is about. */
import type { Session } from "../../model/session.ts";
import { Icon, Priority, type IconName } from "./icons.tsx";
import { priorityWords } from "./words.ts";

interface Props {
  readonly kind: IconName;
  readonly name: string | undefined;
  readonly address: string;
  readonly url: string;
  readonly site: string;
  readonly priority: number;
  readonly number?: string | undefined;
}

export function Heading({ kind, name, address, url, site, priority, number }: Props) {
  return (
    <div class="heading">
      <span class={`kind ${kind}`}>
        <Icon name={kind} />
      </span>
      <div>
        <h2>{name ?? "Unknown visitor"}</h2>
        <p class="soft">
          {[address, number, site].filter(Boolean).join(" · ")} <span class="page">{url}</span>
        </p>
      </div>
      <span class="grade">
        <Priority value={priority} />
        <small>{priorityWords(priority)}</small>
      </span>
    </div>
  );
}

/** The heading of somebody who is on the site. */
export function VisitHeading({ kind, session }: { kind: IconName; session: Session }) {
  return (
    <Heading
      kind={kind}
      name={session.name}
      address={session.address}
      url={session.trail.at(-1)?.url ?? ""}
      site={session.site}
      priority={session.priority}
      number={session.number}
    />
  );
}
