/** The card's place on the page: a shadow root in the corner, out of reach of the site's styles and scripts' selectors. */
import { element } from "./element.ts";

/** What the card holds now. It is one thing at a time. */
interface Content {
  /** Says what it is, to screen readers and on the button when minimised. */
  readonly title: string;
  readonly body: HTMLElement;
  /** Called by the closing button; without it there is none. */
  readonly close?: () => void;
  readonly closeLabel?: string;
}

export interface Frame {
  /** Puts `content` on the card; `undefined` takes the card away. Resolves when it can be seen. */
  show(content: Content | undefined): Promise<void>;
  /** Says something to screen readers, and on the button when minimised. */
  announce(words: string): void;
  /** Whether the visitor is working in the card. */
  focused(): boolean;
}

export function createFrame(base: string): Frame {
  const host = element("div");
  const root = host.attachShadow({ mode: "open" });
  const status = element("div", { class: "warmline-spoken", role: "status" });
  const holder = element("section", { class: "warmline", hidden: true });
  const link = element("link", { rel: "stylesheet", href: `${base}card.css` });
  let content: Content | undefined;
  let minimised = false;
  let attached = false;
  // Shown only once it is styled: a card without style would jump about.
  const styled = new Promise<void>((resolve) => {
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => {
      // The site's policy forbids the stylesheet. Single properties set by script are allowed under any policy.
      Object.assign(host.style, { position: "fixed", right: "1em", bottom: "1em", zIndex: "9999" });
      Object.assign(holder.style, { background: "Canvas", color: "CanvasText", padding: "1em" });
      resolve();
    });
  });
  root.append(link, status, holder);

  function attach() {
    if (attached) return;
    attached = true;
    document.documentElement.append(host);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && content && !minimised)
        minimise(true);
    });
  }

  function minimise(on: boolean) {
    const focused = frame.focused();
    minimised = on;
    draw();
    if (focused) holder.querySelector("button")?.focus();
  }

  function draw() {
    holder.hidden = !content;
    holder.className = `warmline ${minimised ? "warmline-pill" : "warmline-card"}`;
    if (!content) return holder.replaceChildren();
    const { title, body, close, closeLabel } = content;
    holder.setAttribute("aria-label", title);
    if (minimised) {
      const open = element("button", { type: "button", "aria-expanded": "false" }, title);
      open.addEventListener("click", () => minimise(false));
      return holder.replaceChildren(open);
    }
    const bar = element("div", { class: "warmline-bar" });
    const small = element(
      "button",
      { type: "button", "aria-label": "Minimise", title: "Minimise (Esc)" },
      "\u2013",
    );
    small.addEventListener("click", () => minimise(true));
    bar.append(small);
    if (close) {
      const label = closeLabel ?? "Close";
      const cross = element(
        "button",
        { type: "button", "aria-label": label, title: label },
        "\u00d7",
      );
      cross.addEventListener("click", close);
      bar.append(cross);
    }
    holder.replaceChildren(bar, body);
  }

  const frame: Frame = {
    async show(next) {
      if (next?.body !== content?.body) minimised = false;
      const unchanged =
        next?.body === content?.body &&
        next?.title === content?.title &&
        !next?.close === !content?.close;
      content = next;
      if (next) attach();
      await (next ? styled : undefined);
      if (!unchanged && content === next) draw();
    },
    announce(words) {
      status.textContent = words;
      const pill = minimised ? holder.querySelector("button") : undefined;
      if (pill) pill.dataset["news"] = "";
    },
    focused: () => root.activeElement !== null,
  };
  return frame;
}
