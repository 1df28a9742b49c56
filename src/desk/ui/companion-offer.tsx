/** Offers the companion: a bookmark for numbers in other programs. */
import { useEffect, useRef } from "preact/hooks";
import { bookmarklet } from "./bookmarklet.ts";
import { toast } from "./desk.ts";

export function CompanionOffer() {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() =>
    link.current?.setAttribute("href", bookmarklet(new URL("./", location.href).href)),
  );
  return (
    <details class="offer">
      <summary>Numbers in other programs</summary>
      <p>
        Drag this to your bookmarks:{" "}
        <a
          ref={link}
          class="bookmark"
          onClick={(event) => {
            event.preventDefault();
            toast("Drag it to your bookmarks, then press it in a page that shows a number.");
          }}
        >
          Call with Warmline
        </a>
      </p>
      <p>
        Press it in any page that shows a telephone number, as in your customer file: you choose the
        number, and it comes here, to be called.
      </p>
    </details>
  );
}
