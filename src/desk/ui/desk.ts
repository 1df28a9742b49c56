/** The desk's live state as signals, and what an agent does that touches more than one of them. */
import { computed, effect, signal } from "@preact/signals";
import type { ContactView, FeedMessage, Orders } from "../protocol.ts";
import type { InteractionState } from "../../model/interaction.ts";
import { openFeed, type Connection, type Feed } from "./feed.ts";
import { loggedIn, order, Refused } from "./orders.ts";
import { waiting, type QueueOrder } from "./queue.ts";
import { chime } from "./sound.ts";
import { expectCall, hangUpTelephone } from "./telephone.ts";
import { apply, type Known } from "./state.ts";

/** What the middle of the screen shows. */
export interface Selection {
  readonly kind: "alert" | "contact" | "callback" | "visitor";
  readonly id: string;
}

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly bad: boolean;
}

export const known = signal<Known | undefined>(undefined);
export const connection = signal<Connection>("connecting");
/** Whether the log-in page is what is needed. */
export const loggedOut = signal(false);
export const selected = signal<Selection | undefined>(undefined);
export const queueOrder = signal<QueueOrder>("priority");
export const toasts = signal<readonly Toast[]>([]);
export const soundOn = signal(false);
/** What has just come in and lies on top until looked at or put away. */
export const popped = signal<readonly Selection[]>([]);
/** Chat messages not seen yet, by interaction. */
export const unread = signal<Readonly<Record<string, number>>>({});

/** The engine's clock, ticking once a second. */
export const nowMs = signal(Date.now());
let offsetMs = 0;
setInterval(() => (nowMs.value = Date.now() + offsetMs), 1000);

export const queue = computed(() => (known.value ? waiting(known.value, queueOrder.value) : []));
/** The agent's own contacts, oldest first. */
export const mine = computed(() => {
  const desk = known.value;
  if (!desk) return [];
  return Object.values(desk.contacts)
    .filter(({ interaction: i }) => i.agent === desk.agent.name && i.state !== "queued")
    .sort((a, b) => a.interaction.queuedMs - b.interaction.queuedMs);
});
/** Whether the agent has it; else it waits, or a colleague consults him about it. */
export const isMine = ({ interaction }: ContactView) =>
  interaction.agent === known.value?.agent.name;
/** Who can be called with the receiver lifted: what waits with a number, the callbacks, the agent's own last call. */
export const handsetChoices = computed(() => {
  const desk = known.value;
  if (!desk) return [];
  const contacts = Object.values(desk.contacts)
    .filter(({ interaction: i }) => i.kind === "phone" && callable(i.state, i.agent))
    .map(({ interaction: { id, name, number = "" } }) => ({
      id,
      label: name === undefined ? number : `${name}, ${number}`,
      call: () => void give("/api/line/contact", { interactionId: id }),
    }));
  const callbacks = Object.values(desk.callbacks)
    .filter(({ state }) => state === "due" || state === "scheduled")
    .map(({ id, name, number }) => ({
      id,
      label: name === undefined ? number : `${name}, ${number}`,
      call: () => void give("/api/line/callback", { callbackId: id }),
    }));
  return [...contacts, ...callbacks];
});
const callable = (state: InteractionState, agent: string | undefined) =>
  state === "queued" || (state === "wrapping" && agent === known.value?.agent.name);
/** About whom a colleague is consulting the agent. */
export const consulted = computed(() =>
  Object.values(known.value?.contacts ?? {}).find(
    (contact) => contact.interaction.state !== "queued" && !isMine(contact),
  ),
);
const unreadCount = computed(() => Object.values(unread.value).reduce((a, b) => a + b, 0));

effect(() => {
  const count = queue.value.length + unreadCount.value;
  document.title = count > 0 ? `(${count}) Warmline` : "Warmline";
});

export function select(selection: Selection | undefined): void {
  selected.value = selection;
  if (!selection) return;
  putAway(selection);
  if (unread.value[selection.id]) unread.value = { ...unread.value, [selection.id]: 0 };
}

export function putAway({ id }: Selection): void {
  if (popped.value.some((p) => p.id === id)) popped.value = popped.value.filter((p) => p.id !== id);
}

/** Applies one message of the feed, and notices what is new in it. */
function receive(message: FeedMessage): void {
  const before = known.value;
  const after = apply(before, message);
  if (message.type === "snapshot") {
    offsetMs = message.desk.nowMs - Date.now();
    nowMs.value = message.desk.nowMs;
  }
  if (after === before || !after) return;
  known.value = after;
  loggedOut.value = false;
  if (message.type === "handset" && message.handset.lineId !== before?.handset.lineId) lifted();
  if (message.type === "alert" && before && !before.alerts[message.alert.id])
    pop({ kind: "alert", id: message.alert.id });
  if (message.type === "contact" && before) {
    const { id, state, agent } = message.contact.interaction;
    const old = before.contacts[id]?.interaction;
    if (state === "queued" && old?.state !== "queued")
      pop({ kind: "contact", id }, message.contact.interaction.sessionId);
    // It has become his, or a colleague consults him: the page and the history come up with the call.
    // The visitor has accepted the call that he offered: his own telephone rings next.
    else if (state === "connecting" && old?.kind === "chat") expectCall(true);
    else if (state !== "queued" && (!old || (agent === after.agent.name && old.agent !== agent)))
      select({ kind: "contact", id });
  }
  if (message.type === "callback" && message.callback.state === "due") {
    if (before && before.callbacks[message.callback.id]?.state !== "due")
      pop({ kind: "callback", id: message.callback.id });
  }
  if (message.type === "chat" && message.message.from === "visitor") {
    const { interactionId: id } = message.message;
    if (after.contacts[id]?.interaction.agent !== after.agent.name) return;
    if (selected.value?.id === id && !document.hidden) return;
    unread.value = { ...unread.value, [id]: (unread.value[id] ?? 0) + 1 };
    if (soundOn.value) chime();
  }
  forgetGone(after);
  if (message.type === "snapshot" && !selected.value) openCurrent();
}

/** What the agent was doing when the page was loaded anew: his call above all. */
function openCurrent(): void {
  const current = mine.value.find(({ call }) => call) ?? consulted.value ?? mine.value[0];
  if (current) select({ kind: "contact", id: current.interaction.id });
}

/** The receiver was lifted: the item in work is called, when it has a number [0038]. Else the agent is asked. */
function lifted(): void {
  const { lineId, waits } = known.value?.handset ?? {};
  if (lineId === undefined || (waits && known.value?.agent.status === "available")) return;
  handsetChoices.value.find(({ id }) => id === selected.value?.id)?.call();
}

function pop(selection: Selection, sessionId?: string): void {
  if (soundOn.value) chime();
  const { kind, id } = selected.value ?? {};
  const sameVisitor = kind === "visitor" && id === sessionId;
  // With nothing else to do it is opened at once (screen pop), else it lies on top.
  if (kind === undefined || sameVisitor) select(selection);
  else popped.value = [selection, ...popped.value].slice(0, 3);
}

/** Whether there is still something to show for a selection. */
function exists(desk: Known, { kind, id }: Selection): boolean {
  if (kind === "alert") return id in desk.alerts;
  if (kind === "contact") return id in desk.contacts;
  return kind === "callback" ? id in desk.callbacks : id in desk.visitors;
}

function forgetGone(desk: Known): void {
  if (popped.value.some((p) => !exists(desk, p)))
    popped.value = popped.value.filter((p) => exists(desk, p));
  const current = selected.value;
  if (current && !exists(desk, current)) selected.value = undefined;
}

let lastToast = 0;

/** Tells the agent something for a few seconds; errors stay longer. */
export function toast(text: string, bad = false): void {
  const id = ++lastToast;
  toasts.value = [...toasts.value, { id, text, bad }];
  setTimeout(() => (toasts.value = toasts.value.filter((t) => t.id !== id)), bad ? 9000 : 4000);
}

/** After these the agent's own telephone rings. */
const RINGS: ReadonlySet<string> = new Set<keyof Orders>([
  "/api/contacts/accept",
  "/api/contacts/redial",
  "/api/callbacks/accept",
  "/api/number/call",
]);

/** Gives an order; a refusal is shown to the agent. The answer, or `undefined` when it was refused. */
export async function give<Path extends keyof Orders>(
  path: Path,
  body: Orders[Path]["body"],
): Promise<Orders[Path]["answer"] | undefined> {
  if (RINGS.has(path)) expectCall(true);
  try {
    return await order(path, body);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (RINGS.has(path)) expectCall(false);
    if (error.status === 401) leave();
    toast(error.message, true);
    return undefined;
  }
}

let feed: Feed | undefined;

/** Connects to the feed; from then on the signals follow it. */
export function enter(): void {
  loggedOut.value = false;
  feed?.close();
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  feed = openFeed({
    url: `${scheme}//${location.host}/feed`,
    position: () => known.value,
    receive,
    changed: (now) => (connection.value = now),
    async refused() {
      const still = await loggedIn();
      if (!still) leave();
      return still;
    },
  });
}

/** Goes on where the agent was before the page was loaded, or shows the log-in page. */
export async function begin(): Promise<void> {
  if (await loggedIn()) enter();
  else leave();
}

/** Forgets everything and shows the log-in page. */
export function leave(): void {
  feed?.close();
  feed = undefined;
  hangUpTelephone();
  known.value = undefined;
  selected.value = undefined;
  popped.value = [];
  unread.value = {};
  loggedOut.value = true;
}
