/** The desk's end of the alert feed: connects, resumes where it was, tries again with growing pauses. */
import type { FeedMessage } from "../protocol.ts";

export type Connection = "connecting" | "open" | "lost";

export interface Feed {
  /** Gives up the connection for good. */
  close(): void;
}

export interface FeedOptions {
  /** `ws:` or `wss:`, without a query. */
  readonly url: string;
  /** Where to go on, if anywhere. */
  readonly position: () => { readonly epoch: string; readonly seq: number } | undefined;
  readonly receive: (message: FeedMessage) => void;
  readonly changed: (connection: Connection) => void;
  /** Perhaps nobody is logged in any more. Resolves to whether to go on trying. */
  readonly refused: () => Promise<boolean>;
  readonly random?: () => number;
}

const LOG_IN_AGAIN = 4401;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

export function openFeed(options: FeedOptions): Feed {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let closed = false;

  function connect() {
    const at = options.position();
    const query = at ? `?epoch=${encodeURIComponent(at.epoch)}&after=${at.seq}` : "";
    let opened = false;
    const mine = new WebSocket(options.url + query);
    socket = mine;
    mine.addEventListener("open", () => {
      opened = true;
      failures = 0;
      options.changed("open");
    });
    mine.addEventListener("message", ({ data }) => {
      if (!closed) options.receive(JSON.parse(String(data)) as FeedMessage);
    });
    // 4401: the log-in has ended, by its age or in another window.
    mine.addEventListener("close", ({ code }) => void lost(opened && code !== LOG_IN_AGAIN));
  }

  async function lost(stillLoggedIn: boolean) {
    if (closed) return;
    options.changed("lost");
    if (!stillLoggedIn && !(await options.refused())) return;
    if (closed) return;
    // Random, so that a hundred desks do not return at the same moment after a restart.
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++);
    timer = setTimeout(retry, pauseMs * (0.5 + (options.random ?? Math.random)() / 2));
  }

  function retry() {
    clearTimeout(timer);
    if (
      closed ||
      socket?.readyState === WebSocket.OPEN ||
      socket?.readyState === WebSocket.CONNECTING
    )
      return;
    options.changed("connecting");
    connect();
  }

  addEventListener("online", retry);
  connect();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
      removeEventListener("online", retry);
      socket?.close();
    },
  };
}
