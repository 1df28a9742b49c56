/**
 * The agent shows a page while the visitor talks: it goes to the window of the site that the call was begun from, also when that is
 * behind this one. A link leads there, and opens another window when that one is gone.
 */
import { element } from "./element.ts";

interface PushedPage {
  readonly element: HTMLElement;
  show(path: string, agent: string | undefined): void;
}

export function pushedPage(): PushedPage {
  const link = element("a", { target: "_blank" });
  const words = element("span", {});
  const line = element("p", { class: "warmline-pushed", role: "status" }, words, link);
  line.hidden = true;
  link.addEventListener("click", (event) => {
    const site = siteWindow();
    if (!site) return;
    event.preventDefault();
    lead(site, link.href);
    site.focus();
  });
  return {
    element: line,
    show(path, agent) {
      const url = new URL(path, location.href);
      if (url.origin !== location.origin) return;
      link.href = url.href;
      link.textContent = url.pathname + url.search;
      words.textContent = `${agent ?? "We"} would like to show you `;
      line.hidden = false;
      const site = siteWindow();
      // One that is in sight goes there by itself.
      if (site?.document.hidden) lead(site, url.href);
    },
  };
}

function lead(site: Window, href: string): void {
  if (site.location.href !== href) site.location.assign(href);
}

/** The window that has opened this one, as long as it shows the same site. */
function siteWindow(): Window | undefined {
  const opener = window.opener as Window | null;
  try {
    return opener && !opener.closed && opener.location.origin === location.origin
      ? opener
      : undefined;
  } catch {
    return undefined;
  }
}
