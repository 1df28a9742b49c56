/** The log-in page. */
import { useSignal } from "@preact/signals";
import { enter } from "./desk.ts";
import { order, Refused } from "./orders.ts";

export function Login() {
  const problem = useSignal("");
  const busy = useSignal(false);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    busy.value = true;
    problem.value = "";
    try {
      await order("/api/login", {
        name: (data.get("name") as string).trim(),
        password: data.get("password") as string,
      });
      enter();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problem.value = error.message;
    } finally {
      busy.value = false;
    }
  }

  return (
    <main class="login">
      <form onSubmit={(event) => void submit(event)}>
        <img src="./icon.svg" alt="" width="48" height="48" />
        <h1>Warmline</h1>
        <p class="soft">Log in to see who is on your sites and who would like to talk.</p>
        <label>
          Name
          <input name="name" autocomplete="username" autocapitalize="none" required />
        </label>
        <label>
          Password
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        <p class="problem" role="alert">
          {problem}
        </p>
        <button class="main" disabled={busy}>
          Log in
        </button>
      </form>
    </main>
  );
}
