/** Call control and the warm line as a desk orders them: over HTTP, with calls on an exchange in memory. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { serveDesk } from "../../src/desk/http.ts";
import { legOf } from "../../src/model/call.ts";
import { logIn, post } from "./browser.ts";
import { createPlant } from "./engine.ts";
import { settled, visitOf } from "./stand.ts";

const VISITOR = "+4930123000";
const OUTSIDE = "+4930123001";

async function atTheDesk(test: Pick<typeof t, "teardown">) {
  const uiDirectory = await mkdtemp(join(tmpdir(), "warmline-ui-"));
  await writeFile(join(uiDirectory, "index.html"), "<!DOCTYPE html><title>Desk</title>");
  const plant = await createPlant();
  const { desk, visits, ...engine } = plant.engine();
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const listen = { host: "127.0.0.1", port: 0 };
  const server = await serveDesk(desk, { listen, uiDirectory }, { clock: plant.clock, log });
  test.teardown(async () => {
    await server[Symbol.asyncDispose]();
    await plant[Symbol.asyncDispose]();
    await rm(uiDirectory, { recursive: true });
  });
  const cookies = new Map<string, string>();
  for (const name of ["anna", "bob"]) cookies.set(name, await logIn(server.address, name));
  for (const agent of desk.directory.agentsOf("acme")) desk.presence.deskOpened(agent, "::1");
  const as = async (name: string, path: string, body: object) => {
    const cookie = cookies.get(name) ?? "";
    const { status, json } = await post(server.address, path, body, { cookie });
    await settled();
    return { status, json };
  };
  /** A visitor whose number is known is called without having asked; gives his contact once he talks with Anna. */
  const talking = async () => {
    const session = visitOf("s1", { number: VISITOR });
    visits.set("s1", session);
    desk.found(engine.opportunity("o1", session, { mode: "call_at_once" }), session);
    for (const _ of [1, 2, 3]) await plant.pass(250);
    const [contact] = desk.contacts.of("anna");
    if (contact?.call?.state !== "joined") throw new Error("they do not talk");
    return contact.interaction.id;
  };
  const call = () => plant.engine().telephony.calls()[0];
  const hears = (party: "agent" | "visitor" | "third") => {
    const now = call();
    const leg = now && legOf(now, party);
    return leg ? plant.exchange.hears(leg.id) : [];
  };
  return { plant, desk, visits, as, talking, call, hears };
}

t.test("hold and resume, keys; only by whose call it is", async (t) => {
  const { as, talking, call, hears } = await atTheDesk(t);
  const interactionId = await talking();
  t.match(await as("bob", "/api/calls/hold", { interactionId }), { status: 403 });
  t.match(await as("anna", "/api/calls/hold", { interactionId: "none" }), { status: 404 });
  t.match(await as("anna", "/api/calls/hold", { interactionId }), { status: 200 });
  t.equal(call()?.state, "held");
  t.same(hears("visitor"), ["music"]);
  const keys = { interactionId, digits: "12#" };
  t.match(await as("anna", "/api/calls/digits", keys), {
    status: 409,
    json: { error: { code: "too_late" } },
  });
  t.match(await as("anna", "/api/calls/resume", { interactionId }), { status: 200 });
  t.equal(call()?.state, "joined");
  t.match(await as("anna", "/api/calls/digits", keys), { status: 200 });
  t.match(await as("anna", "/api/calls/digits", { interactionId, digits: "9;" }), { status: 400 });
});

t.test("a colleague is consulted, all three talk, and he has the call", async (t) => {
  const { plant, desk, as, talking, call, hears } = await atTheDesk(t);
  const interactionId = await talking();
  const third = { agent: "bob" };
  t.match(await as("anna", "/api/calls/conference", { interactionId }), { status: 409 });
  t.match(await as("anna", "/api/calls/consult", { interactionId, third }), { status: 200 });
  t.equal(call()?.state, "consulting");
  await plant.pass(250);
  t.same(hears("visitor"), ["music"]);
  t.equal(hears("third").length, 1);
  t.match(await as("anna", "/api/calls/conference", { interactionId }), { status: 200 });
  t.equal(hears("visitor").length, 2);
  t.match(await as("anna", "/api/calls/transfer", { interactionId }), { status: 200 });
  t.match(desk.contacts.get(interactionId)?.interaction, { agent: "bob", state: "active" });
  t.match(await as("anna", "/api/contacts/release", { interactionId }), { status: 403 });
  t.match(await as("bob", "/api/contacts/release", { interactionId }), { status: 200 });
  t.same(plant.exchange.leftOver(), []);
});

t.test("who may be brought into a call, and who not", async (t) => {
  const { as, talking } = await atTheDesk(t);
  const interactionId = await talking();
  const refused = async (third: object, json: object) => {
    for (const path of ["/api/calls/consult", "/api/calls/transfer"]) {
      t.match(await as("anna", path, { interactionId, third }), { json: { error: json } });
    }
  };
  await refused({ agent: "eve" }, { code: "not_found" });
  await refused({ agent: "anna" }, { code: "not_found" });
  await refused({ number: "0900 1 234567" }, { code: "not_called" });
  await refused({ number: "12" }, { code: "not_called" });
  await refused({ number: VISITOR }, { code: "not_called", message: /in hand already/ });
  await refused({}, { code: "bad_order" });
});

t.test("handed to somebody outside without a word: the agent is free, the two talk", async (t) => {
  const { plant, desk, as, talking, call } = await atTheDesk(t);
  const interactionId = await talking();
  const order = { interactionId, third: { number: OUTSIDE } };
  t.match(await as("anna", "/api/calls/transfer", order), { status: 200 });
  t.equal(call()?.state, "transferring");
  await plant.pass(250);
  t.equal(call()?.state, "transferred");
  t.match(desk.contacts.get(interactionId)?.interaction, {
    state: "wrapping",
    outcome: "answered",
  });
  plant.connected(false);
  t.match(await as("anna", "/api/calls/hold", { interactionId }), { status: 409 });
});

t.test("orders while the exchange is away are refused with the reason", async (t) => {
  const { plant, as, talking, call } = await atTheDesk(t);
  const interactionId = await talking();
  plant.connected(false);
  t.match(await as("anna", "/api/calls/hold", { interactionId }), {
    json: { error: { code: "switch_down" } },
  });
  t.equal(call()?.state, "joined", "they talk on");
  plant.connected(true);
  t.match(await as("anna", "/api/calls/hold", { interactionId }), { status: 200 });
});

t.test("the warm line: a found number, somebody who is on the site", async (t) => {
  const { plant, desk, visits, as, call } = await atTheDesk(t);
  visits.set("s1", visitOf("s1", { number: VISITOR, name: "Ms Cup", priority: 8 }));
  t.match(await as("anna", "/api/number/call", {}), { status: 409 });
  t.match(await as("anna", "/api/number", { number: "030 123000" }), {
    status: 200,
    json: { number: VISITOR },
  });
  await plant.lift("101");
  const { lineId } = desk.warmLine.handset("anna");
  t.ok(lineId, "his line is at his desk");
  t.match(await as("anna", "/api/number/call", {}), { status: 200 });
  for (const _ of [1, 2]) await plant.pass(250);
  t.match(call(), { state: "joined", number: VISITOR, legs: [{ id: lineId }, {}] });
  const [contact] = desk.contacts.of("anna");
  if (!contact) throw new Error("no contact");
  const { interaction, session } = desk.contacts.view(contact);
  t.match(interaction, { sessionId: "s1", address: "192.0.2.7", url: "/prices", priority: 8 });
  t.equal(interaction.name, "Ms Cup");
  t.equal(session?.id, "s1", "page and history come up with the call");
  t.same(desk.warmLine.handset("anna"), {});
});

t.test("the warm line: a number of nobody who is known, also after a restart", async (t) => {
  const { plant, desk, as, call } = await atTheDesk(t);
  await as("anna", "/api/number", { number: OUTSIDE });
  t.match(await as("anna", "/api/number/call", {}), { status: 200 });
  for (const _ of [1, 2]) await plant.pass(250);
  t.equal(call()?.state, "joined", "without a lifted receiver his telephone rings");
  const [contact] = desk.contacts.of("anna");
  const unknown = contact?.interaction ?? {};
  for (const key of ["sessionId", "address", "url"]) t.notOk(key in unknown, `no ${key}`);
  t.same(desk.contacts.ofVisitor({ visitor: "somebody" }), [], "it is no visitor's");
  await plant.restart("killed");
  await plant.pass(0);
  const [again] = plant.engine().desk.contacts.of("anna");
  t.same(again?.interaction, contact?.interaction);
  t.equal(again?.call?.state, "joined", "the talk goes on, and the desk has it");
});

t.test("the warm line: a contact that waits, and what comes too late", async (t) => {
  const { plant, desk, visits, as, call } = await atTheDesk(t);
  const none = { interactionId: "none" };
  t.match(await as("anna", "/api/line/contact", none), { status: 404 });
  const session = visitOf("s1", { number: "+4930123408" });
  visits.set("s1", session);
  await as("anna", "/api/status", { status: "on_break" });
  await as("bob", "/api/status", { status: "on_break" });
  desk.found(plant.engine().opportunity("o1", session, { mode: "call_at_once" }), session);
  await settled();
  const [waiting] = desk.contacts.all();
  const interactionId = waiting?.interaction.id ?? "";
  t.match(await as("anna", "/api/line/contact", { interactionId }), {
    status: 409,
    json: { error: { message: /not lifted/ } },
  });
  await plant.lift("101");
  t.match(await as("anna", "/api/line/contact", { interactionId }), { status: 200 });
  t.match(call(), { state: "calling_visitor", number: "+4930123408" });
  await plant.lift("102");
  t.match(await as("bob", "/api/line/contact", { interactionId }), { status: 409 });
  t.match(await as("bob", "/api/line/callback", { callbackId: "none" }), { status: 404 });
  await settled();
  t.equal(desk.warmLine.handset("bob").lineId, undefined, "who may not call is let go");
});
