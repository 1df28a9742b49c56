/** The keys of a telephone, for menus that want digits. */
import { give } from "./desk.ts";

const KEYS = "123456789*0#".split("");
const NAMES: Readonly<Record<string, string>> = { "*": "Star", "#": "Hash" };

export function Keypad({ interactionId }: { interactionId: string }) {
  return (
    <div class="keypad" role="group" aria-label="Keypad">
      {KEYS.map((key) => (
        <button
          key={key}
          type="button"
          aria-label={NAMES[key] ?? key}
          onClick={() => void give("/api/calls/digits", { interactionId, digits: key })}
        >
          {key}
        </button>
      ))}
    </div>
  );
}
