import { fileURLToPath } from "node:url";
import { freePorts } from "../../test/free-port.ts";
import {
  type Candidate,
  end,
  MARKUP,
  onCandidatesCore,
  type Stand,
  startPinned,
} from "./candidate.ts";

const program = fileURLToPath(new URL("../peers/peer.mjs", import.meta.url));

/** What people use on npm, each as its README says. None writes a log of its own accord, so that none is written. */
export const npmPeers = ["http-proxy", "http-proxy-3", "@fastify/http-proxy"] as const;

export async function startNpmPeer(
  name: (typeof npmPeers)[number],
  stand: Stand,
): Promise<Candidate> {
  const [plain = 0, inject = 0, injectGzip = 0] = await freePorts(3);
  const ports = [plain, inject, injectGzip].map(String);
  const command = [process.execPath, program, name, stand.origin, MARKUP, ...ports];
  const peer = startPinned(onCandidatesCore, name.replaceAll(/\W/g, ""), command, stand, {
    NODE_ENV: "production",
    NODE_NO_WARNINGS: "1",
  });
  return {
    name,
    ports: { plain, inject, injectGzip, websocket: plain },
    pids: [peer.pid ?? 0],
    [Symbol.asyncDispose]: () => end(peer),
  };
}
