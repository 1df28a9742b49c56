import type { Balance } from "../../model/site.ts";
import { textHash } from "../text-hash.ts";
import type { Origin } from "./origin.ts";

/** The order in which the origins are to be tried, the best first, for a client's address; an array of its own each time. */
type Arrange = (client: string) => Origin[];

/** How requests are spread over origins. Decided once: of what is not configured nothing is left at run time. */
export function balancer(balance: Balance, origins: readonly Origin[]): Arrange {
  let turn = 0;
  const inTurn = () => {
    const first = turn++ % origins.length;
    return [...origins.slice(first), ...origins.slice(0, first)];
  };
  switch (balance) {
    case "round_robin":
      return inTurn;
    case "least_connections":
      // Among those with the same number they take turns: the sort is stable.
      return () => inTurn().sort((a, b) => a.running - b.running);
    case "client_hash":
      return byHash(origins);
  }
}

/**
 * Rendezvous hashing (Thaler and Ravishankar, 1998): each client likes each origin by a number of its own, and goes to the one it likes best.
 * When that is out, it goes to the next, and nobody else moves.
 */
function byHash(origins: readonly Origin[]): Arrange {
  const seeds = origins.map(({ url }) => textHash(url.origin, 0));
  return (client) =>
    origins
      .map((origin, i) => ({ origin, liked: textHash(client, seeds[i] as number) }))
      .sort((a, b) => b.liked - a.liked)
      .map(({ origin }) => origin);
}
