/** The window that a bookmark opens over another program: which of the numbers found there is the one to call [0038]. */
import { signal } from "@preact/signals";
import { render } from "preact";
import { textsOf } from "./bookmarklet.ts";
import { order, Refused } from "./orders.ts";

const MOST_TEXTS = 40;

/** E.164; nothing until the desk has looked. */
const numbers = signal<readonly string[] | undefined>(undefined);
const sent = signal("");
const problem = signal<{ readonly words: string; readonly logIn: boolean } | undefined>(undefined);

async function tried(doing: () => Promise<void>): Promise<void> {
  problem.value = undefined;
  try {
    await doing();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    problem.value = { words: error.message, logIn: error.status === 401 };
  }
}

const find = (texts: readonly string[]) =>
  tried(async () => {
    numbers.value = (
      await order("/api/number/find", { texts: texts.slice(0, MOST_TEXTS) })
    ).numbers;
  });

const send = (number: string) =>
  tried(async () => {
    sent.value = (await order("/api/number", { number })).number;
  });

function Companion() {
  if (sent.value !== "")
    return (
      <main class="companion">
        <h1>{sent.value}</h1>
        <p role="status">The number is at your desk. Lift the receiver, or call it from there.</p>
        <button type="button" class="main" onClick={() => close()}>
          Close
        </button>
      </main>
    );
  return (
    <main class="companion">
      <h1>Which number?</h1>
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value.words} {problem.value.logIn && <a href="./">Open the desk</a>}
        </p>
      )}
      {numbers.value?.length === 0 && (
        <p role="status">No telephone number was found in that page. You can type one.</p>
      )}
      <ul>
        {numbers.value?.map((number) => (
          <li key={number}>
            <button type="button" class="main" onClick={() => void send(number)}>
              {number}
            </button>
          </li>
        ))}
      </ul>
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          const data = new FormData(event.currentTarget);
          void send(data.get("number") as string);
        }}
      >
        <input
          name="number"
          type="tel"
          aria-label="Another number"
          placeholder="Another number"
          required
          maxLength={40}
        />
        <button type="submit">Send to the desk</button>
      </form>
    </main>
  );
}

const place = document.getElementById("companion");
if (place) render(<Companion />, place);
void find(textsOf(location.hash));
// The same window, opened over another page.
addEventListener("hashchange", () => {
  sent.value = "";
  void find(textsOf(location.hash));
});
