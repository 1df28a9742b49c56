/**
 * The companion's half in other programs [0038]: a bookmark whose address is a script. In whatever page the agent has open it looks
 * for what may be telephone numbers (what is marked, else links, fields and text), and opens a window of the desk with them behind
 * the `#`, which no server is sent. That window asks which one it is; the other page learns nothing of the desk.
 */

/** As a function, so that it is checked; only its text is used. It may refer to nothing outside. */
function look(desk: string): void {
  const found = new Set<string>();
  const maybe = /[+(]?\d[\d ().\-/\u00a0\u2010-\u2015]{5,28}\d/g;
  const take = (text: string) => {
    for (const [one] of text.matchAll(maybe)) if (found.size < 40) found.add(one.slice(0, 40));
  };
  const marked = String(getSelection() ?? "");
  take(marked);
  if (found.size === 0) {
    for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href^="tel:"]')) {
      take(decodeURIComponent(link.href.slice(4)));
    }
    for (const field of document.querySelectorAll("input")) {
      if (field.type === "tel" || field.type === "text") take(field.value);
    }
    take(document.body.innerText);
  }
  const numbers = encodeURIComponent(JSON.stringify([...found]));
  open(`${desk}companion.html#${numbers}`, "warmline-number", "popup,width=420,height=480");
}

/** The address of the bookmark. @param desk where the desk is, with a slash at its end */
export function bookmarklet(desk: string): string {
  return `javascript:(${String(look)})(${JSON.stringify(desk)})`;
}

/** What comes behind the `#`: texts in which there may be numbers. */
export function textsOf(hash: string): string[] {
  try {
    const texts: unknown = JSON.parse(decodeURIComponent(hash.slice(1)));
    return Array.isArray(texts)
      ? texts.filter((text) => typeof text === "string").map((text) => text.slice(0, 40))
      : [];
  } catch {
    return [];
  }
}
