/** Who talks with whom: two telephones are told each other's addresses (RFC 3725, flow IV). */
import { SwitchError } from "../switch.ts";
import type { Said } from "./conversation.ts";
import type { Leg } from "./leg.ts";
import { type Audio, directed, opposite, silent } from "./sdp.ts";

export interface Bridges {
  ids(): string[];
  /** @throws {SwitchError} `WL_SWITCH_CANNOT` for a third: nobody is there to mix what they say */
  join(bridgeId: string, coming: readonly Leg[]): Promise<void>;
  /** The leg leaves its bridge, and hears nothing. */
  leave(leg: Leg): Promise<void>;
  dissolve(bridgeId: string): void;
  /** The leg is gone; who was with it. */
  gone(leg: Leg): Leg | undefined;
  /** A telephone offers other sound than before: what the other one says to that. */
  passOn(leg: Leg, audio: Audio): Promise<Audio | undefined>;
}

/** @param changed a leg is in another bridge than before */
export function createBridges(
  legs: ReadonlyMap<string, Leg>,
  changed: (leg: Leg) => void,
): Bridges {
  const membersOf = (bridgeId: string) =>
    [...legs.values()].filter((leg) => leg.bridgeId === bridgeId && leg.answered);
  const partnerOf = (leg: Leg) =>
    leg.bridgeId === undefined ? undefined : membersOf(leg.bridgeId).find((one) => one !== leg);
  /** Bridges are made by the first who enters and last until they are dissolved. */
  const made = new Set<string>();

  function place(leg: Leg, bridgeId: string | undefined): void {
    leg.bridgeId = bridgeId;
    changed(leg);
  }

  /** One thing after the other with each telephone: offers must not cross. */
  function inTurn<Result>(those: readonly Leg[], task: () => Promise<Result>): Promise<Result> {
    const result = Promise.all(those.map((leg) => leg.tail)).then(task);
    const settled = result.then(
      () => undefined,
      () => undefined,
    );
    for (const leg of those) leg.tail = settled;
    return result;
  }

  async function connect(one: Leg, other: Leg): Promise<void> {
    const [asked, told] = !other.pending && one.pending ? [one, other] : [other, one];
    if (told.pending) await told.silence();
    const offered = await asked.offer(undefined);
    let answer: Said;
    const all = offered.audio.direction === "sendrecv" || asked.holding;
    try {
      answer = await told.offer(all ? offered.audio : directed(offered.audio, "sendrecv"));
    } catch (error) {
      offered.ack(silent(offered.audio));
      throw error;
    }
    if (all) return offered.ack(answer.audio);
    // A telephone that has been kept silent may offer silence only: it is then told of the other's sound.
    offered.ack(directed(answer.audio, opposite(offered.audio.direction)));
    const again = await asked.offer(answer.audio);
    again.ack();
  }

  return {
    ids: () => [...new Set([...made, ...[...legs.values()].flatMap((leg) => leg.bridgeId ?? [])])],
    async join(bridgeId, coming) {
      const there = membersOf(bridgeId);
      const entering = coming.filter((leg) => leg.bridgeId !== bridgeId);
      const all = [...there, ...entering];
      if (all.length > 2) {
        throw new SwitchError("WL_SWITCH_CANNOT", "three telephones need an exchange that mixes");
      }
      made.add(bridgeId);
      for (const leg of entering) place(leg, bridgeId);
      const [one, other] = all;
      try {
        await inTurn(all, async () => {
          if (!one) return;
          if (!other) return one.silence();
          if (entering.length > 0) await connect(one, other);
        });
      } catch (error) {
        for (const leg of entering) if (leg.bridgeId === bridgeId) place(leg, undefined);
        throw error;
      }
    },
    async leave(leg) {
      const partner = partnerOf(leg);
      if (leg.bridgeId !== undefined) place(leg, undefined);
      const those = partner?.answered ? [leg, partner] : [leg];
      await inTurn(those, async () => {
        await Promise.all(those.filter((one) => one.answered).map((one) => one.silence()));
      });
    },
    dissolve(bridgeId) {
      made.delete(bridgeId);
      for (const leg of membersOf(bridgeId)) place(leg, undefined);
    },
    gone: (leg) => partnerOf(leg),
    async passOn(leg, audio) {
      const partner = partnerOf(leg);
      if (!partner?.answered) return silent(audio);
      const said = await inTurn([partner], () => partner.offer(audio));
      said.ack();
      return said.audio;
    },
  };
}
