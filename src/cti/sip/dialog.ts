/** What two ends know of each other between INVITE and BYE (RFC 3261, section 12). */
import {
  addressOf,
  cseqOf,
  header,
  headerList,
  type SipHeader,
  type SipRequest,
  type SipResponse,
} from "./message.ts";
import { nextHop, type Order } from "./requests.ts";
import type { Audio, Shape } from "./sdp.ts";

/** Plain data, so that it can be written down. */
export interface Dialog {
  readonly callId: string;
  /** Values of From and To as we write them, with tags. */
  readonly local: string;
  readonly remote: string;
  /** The other end's Contact. */
  target: string;
  readonly routes: readonly string[];
  localSeq: number;
  remoteSeq: number;
  /** What we have said of the sound, and how often. */
  session: { readonly id: string; version: number };
  sent?: Audio;
  /** What the other end has said last. */
  heard?: Audio;
  heardOrigin?: string;
  shape: Shape;
  /** The party itself has put us on hold. */
  holding: boolean;
  /** The other end takes UPDATE (RFC 3311). */
  updates: boolean;
  /** RFC 4028: how long the session lives, ms, and whether it is on us to refresh it. */
  refresh?: { readonly everyMs: number; readonly ours: boolean };
}

/** What the first exchange of messages says. */
export type Begun = Pick<
  Dialog,
  "callId" | "local" | "remote" | "target" | "routes" | "localSeq" | "remoteSeq"
>;

/** The dialog that a 2xx to our INVITE makes (section 12.1.2). */
export function dialogAsCaller(request: SipRequest, response: SipResponse): Begun {
  return {
    callId: header(request, "call-id") ?? "",
    local: header(request, "from") ?? "",
    remote: header(response, "to") ?? "",
    target: addressOf(headerList(response, "contact")[0] ?? request.uri).uri,
    routes: headerList(response, "record-route").toReversed(),
    localSeq: cseqOf(request)?.number ?? 0,
    remoteSeq: -1,
  };
}

/** The dialog that our 2xx to an INVITE makes (section 12.1.1). */
export function dialogAsCalled(request: SipRequest, tag: string): Begun {
  const from = header(request, "from") ?? "";
  return {
    callId: header(request, "call-id") ?? "",
    local: `${header(request, "to") ?? ""};tag=${tag}`,
    remote: from,
    target: addressOf(headerList(request, "contact")[0] ?? from).uri,
    routes: headerList(request, "record-route"),
    localSeq: 0,
    remoteSeq: cseqOf(request)?.number ?? 0,
  };
}

/** A request inside the dialog. */
export function inside(
  dialog: Dialog,
  method: string,
  more: { readonly headers?: readonly SipHeader[]; readonly body?: string } = {},
): Order {
  const { callId, local: from, remote: to, target: uri, routes } = dialog;
  return {
    method,
    uri,
    from,
    to,
    callId,
    routes,
    nextSeq: () => (dialog.localSeq += 1),
    target: nextHop(uri, routes),
    ...more,
  };
}

/** The ACK of a 2xx, with the credentials of its INVITE (sections 13.2.2.4 and 22.1). */
export function ackOf2xx(
  {
    target: uri,
    routes,
    local,
    remote,
    callId,
  }: Pick<Dialog, "target" | "routes" | "local" | "remote" | "callId">,
  invite: SipRequest,
  body?: string,
): SipRequest {
  const field = (name: string, value: string): SipHeader => ({ name, value });
  return {
    method: "ACK",
    uri,
    headers: [
      field("max-forwards", "70"),
      field("from", local),
      field("to", remote),
      field("call-id", callId),
      field("cseq", `${cseqOf(invite)?.number} ACK`),
      ...routes.map((route) => field("route", route)),
      ...invite.headers.filter(({ name }) => name.endsWith("authorization")),
      ...(body === undefined ? [] : [SDP]),
    ],
    body: body ?? "",
  };
}

export const SDP: SipHeader = { name: "content-type", value: "application/sdp" };

/** The tag of a From or To. */
export const tagOf = (value: string | undefined) => addressOf(value ?? "").parameters.get("tag");

/** Takes over from a later message of the other end what it may change (section 12.2). */
export function learn(dialog: Dialog, message: SipRequest | SipResponse): void {
  const [contact] = headerList(message, "contact");
  if (contact !== undefined) dialog.target = addressOf(contact).uri;
  const allowed = headerList(message, "allow");
  if (allowed.length > 0) dialog.updates = allowed.includes("UPDATE");
}

/** What a message says of the session's life (RFC 4028, section 4), in ms. */
export function sessionLife(
  message: SipRequest | SipResponse,
): { everyMs: number; refresher: string | undefined } | undefined {
  const value = header(message, "session-expires");
  const seconds = Number(/^\s*(\d{1,8})/.exec(value ?? "")?.[1] ?? Number.NaN);
  if (!(seconds > 0)) return undefined;
  return {
    everyMs: seconds * 1_000,
    refresher: addressOf(value ?? "").parameters.get("refresher"),
  };
}
