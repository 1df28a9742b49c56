import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { serveVisitors } from "../../src/desk/visitor-http.ts";
import { lineOf } from "../../src/desk/talks.ts";
import { askAsEdge } from "./browser.ts";
import { ANNA, refOf, settled, stand, visitOf } from "./stand.ts";

async function serve(test: Pick<typeof t, "teardown">) {
  const folder = await mkdtemp(join(tmpdir(), "warmline-talk-"));
  const path = join(folder, "visitors.sock");
  const s = await stand({ browserCalls: "voice" });
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const options = { path, assetsDirectory: folder };
  const server = await serveVisitors(s.desk, options, { clock: s.clock, log });
  test.teardown(async () => {
    await server[Symbol.asyncDispose]();
    await s[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  s.visits.set("s1", visitOf("s1"));
  const order = { sessionId: "s1", heading: "Hello", text: "It is {{agent}}" };
  const invited = await s.desk.orders["/api/invite"](ANNA, order);
  if (!("invitationId" in invited)) throw new Error(invited.message);
  const post = (what: string, body: object, session = "s1") =>
    askAsEdge(path, {
      method: "POST",
      path: `/.warmline/${what}`,
      session,
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(body),
    });
  const answer = await post("answer", { invitation: invited.invitationId, choice: "voip" });
  const { contact } = answer.json as { contact: { interactionId: string; kind: string } };
  return { s, path, post, contact, line: lineOf(contact.interactionId) };
}

t.test("keys are for the browser that has accepted the invitation, and for no other", async (t) => {
  const { s, post, contact, line } = await serve(t);
  t.equal(contact.kind, "voip");
  const { interactionId } = contact;
  t.notMatch(line, interactionId);
  t.equal((await post("talk", { interactionId }, "s2")).status, 409, "another browser");
  t.equal((await post("talk", { interactionId: "nothing" })).status, 409);
  t.equal((await post("talk", {})).status, 409);
  t.notOk(
    s.told.some(({ what }) => what === "open"),
    "and no line was made",
  );
  const keys = await post("talk", { interactionId });
  t.match(keys, { status: 200, json: { password: "once", iceServers: [{}], video: false } });
  t.same(
    s.told.filter(({ what }) => what === "open").map((one) => one.with),
    [[line]],
  );
  for (let i = 0; i < 19; i++) await post("talk", { interactionId });
  t.equal((await post("talk", { interactionId })).status, 429, "not for ever");
});

t.test(
  "the signalling is upgraded for that browser only, and for pages of the site only",
  async (t) => {
    const { s, path, contact, line } = await serve(t);
    const upgrade = (session: string, origin: string, where = "sip") =>
      new Promise<number>((resolve, reject) => {
        const asked = request({
          socketPath: path,
          path: `/.warmline/${where}?interaction=${contact.interactionId}`,
          headers: {
            host: "shop.example",
            origin,
            connection: "Upgrade",
            upgrade: "websocket",
            "sec-websocket-version": "13",
            "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
            "sec-websocket-protocol": "sip",
            "x-warmline-site": "shop",
            "x-warmline-address": "192.0.2.7",
            "x-warmline-cookie": "returned",
            "x-warmline-visitor": refOf(session).visitorId ?? "",
            "x-warmline-address-key": "key",
          },
        });
        asked.on("upgrade", (response, socket) => {
          t.equal(response.headers["sec-websocket-protocol"], "sip");
          socket.destroy();
          resolve(101);
        });
        asked.on("response", (response) => resolve(response.statusCode ?? 0));
        asked.on("error", reject);
        asked.end();
      });
    t.equal(await upgrade("s2", "https://shop.example"), 409);
    t.equal(await upgrade("s1", "https://evil.example"), 403);
    t.equal(await upgrade("s1", "https://shop.example", "feed"), 404);
    t.notOk(s.told.some(({ what }) => what === "connect"));
    t.equal(await upgrade("s1", "https://shop.example"), 101);
    await settled();
    t.equal(s.told.find(({ what }) => what === "connect")?.with[0], line);
  },
);

t.test(
  "nobody is called before his browser is there; then it is the line that is called",
  async (t) => {
    const { s, contact, line } = await serve(t);
    const { interactionId } = contact;
    const accept = () => s.desk.orders["/api/contacts/accept"](ANNA, { interactionId });
    t.match(await accept(), { code: "not_called", message: /browser is not connected yet/ });
    s.readyLines.add(line);
    t.same(await accept(), { ok: true });
    t.match(s.told.find(({ what }) => what === "clickToCall")?.with, [{ line, number: "" }]);
    s.call(0, "joined");
    t.equal(s.desk.contacts.get(interactionId)?.interaction.state, "active");
    t.equal(s.desk.contacts.load("anna").free, false);
    s.readyLines.delete(line);
    s.desk.lineChanged(line, "away");
    t.notOk(
      s.told.some(({ what }) => what === "close"),
      "he may come back",
    );
    s.desk.lineChanged(line, "gone");
    t.equal(s.desk.contacts.get(interactionId)?.interaction.state, "wrapping");
    t.same(s.told.find(({ what }) => what === "close")?.with, [line]);
  },
);

t.test(
  "handed on: the way is his alone for as long as the call lasts, and no longer",
  async (t) => {
    const { s, post, contact, line } = await serve(t);
    const { interactionId } = contact;
    s.readyLines.add(line);
    await s.desk.orders["/api/contacts/accept"](ANNA, { interactionId });
    s.call(0, "joined");
    s.call(0, "transferred");
    const found = s.desk.contacts.get(interactionId);
    if (!found) throw new Error("no contact");
    t.match(s.desk.contacts.card(found), { state: "over", handedOn: true });
    t.match(await s.desk.orders["/api/contacts/redial"](ANNA, { interactionId }), { code: "busy" });
    await s.desk.orders["/api/contacts/close"](ANNA, { interactionId, disposition: "sale" });
    t.equal(s.desk.contacts.get(interactionId), undefined);
    t.equal((await post("talk", { interactionId })).status, 200, "his line breaks: other keys");
    t.equal((await post("talk", { interactionId }, "s2")).status, 409);
    const number = "030 1234567";
    t.equal((await post("telephone", { interactionId, number })).status, 409, "he talks");
    t.equal((await post("hang-up", { interactionId })).status, 204);
    t.same(s.told.filter(({ what }) => what === "release").length, 1);
    s.call(0, "ended");
    t.equal((await post("talk", { interactionId })).status, 409);
  },
);

t.test("he would rather be called: a new contact, for the same agent first", async (t) => {
  const { s, post, contact } = await serve(t);
  const { interactionId } = contact;
  const wrong = await post("telephone", { interactionId, number: "12" });
  t.match(wrong, { status: 409, json: { ok: false } });
  const done = await post("telephone", { interactionId, number: "030 1234567" });
  t.match(done, { status: 200, json: { ok: true, choice: "phone", contact: { kind: "phone" } } });
  t.same(
    Array.from(s.desk.contacts.all(), ({ interaction: { kind, number, preferredAgent } }) => ({
      kind,
      number,
      preferredAgent,
    })),
    [{ kind: "phone", number: "+49301234567", preferredAgent: "anna" }],
  );
  t.equal((await post("hang-up", { interactionId })).status, 409, "the other one is over");
});

t.test("a web conference is offered while an agent is there who can be seen", async (t) => {
  await using s = await stand({ browserCalls: "video" });
  const choices = async (sessionId: string) => {
    s.visits.set(sessionId, visitOf(sessionId));
    const order = { sessionId, heading: "Hello", text: "Hello" };
    const invited = await s.desk.orders["/api/invite"](
      s.desk.directory.agent("anna") ?? ANNA,
      order,
    );
    if (!("invitationId" in invited)) throw new Error(invited.message);
    return s.desk.invitations.recent(invited.invitationId)?.choices;
  };
  t.same(await choices("s1"), ["chat", "voip", "phone", "callback", "none"]);
  const sites = s.desk.directory.sitesOf("acme");
  const agents = s.desk.directory
    .agents()
    .map((agent) => (agent.name === "anna" ? { ...agent, telephone: "browser" } : agent));
  s.desk.directory.use({ sites, agents, templates: [] });
  t.same(await choices("s2"), ["chat", "voip", "video", "phone", "callback", "none"]);
});

t.test("an agent at a telephone: the visitor's window is told that nobody is seen", async (t) => {
  const { s, contact } = await serve(t);
  const found = s.desk.contacts.get(contact.interactionId);
  if (!found) throw new Error("no contact");
  t.notOk(s.desk.contacts.card(found).voiceOnly);
  s.readyLines.add(lineOf(contact.interactionId));
  await s.desk.orders["/api/contacts/accept"](ANNA, contact);
  t.equal(s.desk.contacts.card(found).voiceOnly, true);
});
