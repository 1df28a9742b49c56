/** Who works here, whether contacts may come, and whether everything this needs is up. */
import { connection, give, leave, known, soundOn } from "./desk.ts";
import { Icon } from "./icons.tsx";
import { chime } from "./sound.ts";
import { Telephone } from "./telephone-bar.tsx";
import { agentWords } from "./words.ts";

export function TopBar() {
  const desk = known.value;
  if (!desk) return null;
  const { agent, switchUp } = desk;
  const open = connection.value === "open";

  async function logOut() {
    if (await give("/api/logout", {})) leave();
  }
  function toggleSound() {
    soundOn.value = !soundOn.value;
    if (soundOn.value) chime();
  }

  return (
    <header class="top">
      <span class="brand">
        <img src="./icon.svg" alt="" width="26" height="26" />
        Warmline
      </span>
      <span class={`lamp ${open ? "good" : "bad"}`} role="status">
        {open ? "Connected" : "Connection lost, trying again \u2026"}
      </span>
      <span class={`lamp ${switchUp ? "good" : "bad"}`} role="status">
        {switchUp ? "Telephones" : "Telephones are down"}
      </span>
      {agent.telephone === "browser" && <Telephone />}
      <span class="space" />
      <div class="status" role="group" aria-label="Your status">
        {(["available", "on_break"] as const).map((status) => (
          <button
            key={status}
            type="button"
            aria-pressed={agent.status === status}
            onClick={() => void give("/api/status", { status })}
          >
            {status === "available" ? "Available" : "On break"}
          </button>
        ))}
      </div>
      <button
        type="button"
        class="quiet"
        aria-pressed={soundOn}
        aria-label="Sound"
        title={soundOn.value ? "Sound is on" : "Sound is off"}
        onClick={toggleSound}
      >
        <Icon name={soundOn.value ? "sound" : "silence"} />
      </button>
      <span class="who">
        <b>{agent.displayName}</b>
        <small>
          {agentWords(agent)} · tel. {agent.telephone === "browser" ? "this desk" : agent.telephone}
        </small>
      </span>
      <button type="button" class="quiet" onClick={() => void logOut()}>
        Log out
      </button>
    </header>
  );
}
