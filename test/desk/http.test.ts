import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { WebSocket } from "ws";
import { serveDesk } from "../../src/desk/http.ts";
import { logIn, openFeed, origin, post } from "./browser.ts";
import { ANNA, stand, visitOf } from "./stand.ts";

async function serve(test: Pick<typeof t, "teardown">) {
  const uiDirectory = await mkdtemp(join(tmpdir(), "warmline-ui-"));
  await writeFile(join(uiDirectory, "index.html"), "<!DOCTYPE html><title>Desk</title>");
  const s = await stand();
  const warnings: string[] = [];
  const warn = (_: object, message: string) => void warnings.push(message);
  const log = { debug() {}, info() {}, warn, error: warn };
  const listen = { host: "127.0.0.1", port: 0 };
  const server = await serveDesk(s.desk, { listen, uiDirectory }, { clock: s.clock, log });
  test.teardown(async () => {
    await server[Symbol.asyncDispose]();
    await s[Symbol.asyncDispose]();
    await rm(uiDirectory, { recursive: true });
  });
  return { s, address: server.address, warnings };
}

t.test("log-in: cookie, and what is refused", async (t) => {
  const { s, address } = await serve(t);
  const good = await post(address, "/api/login", { name: "anna", password: "correct horse" });
  t.match(good, { status: 200, json: { name: "anna", firm: "acme", status: "available" } });
  t.notMatch(good.text, /argon2id/, "the hash stays here");
  t.match(
    good.headers["set-cookie"],
    /^warmline_desk=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/,
  );
  const secure = await post(
    address,
    "/api/login",
    { name: "anna", password: "correct horse" },
    { origin: `https://${address.address}:${address.port}` },
  );
  t.match(secure.headers["set-cookie"], /; Secure$/);
  for (const body of [
    { name: "anna", password: "wrong" },
    { name: "nobody", password: "correct horse" },
  ]) {
    const refused = await post(address, "/api/login", body);
    t.match(refused, { status: 401, json: { error: { code: "log_in" } } });
    t.equal(refused.headers["set-cookie"], undefined);
  }
  t.match(await post(address, "/api/login", { name: "anna" }), {
    status: 400,
    json: { error: { code: "bad_order", message: /password/ } },
  });
  t.equal((await post(address, "/api/login", "{")).status, 400);
  const cookie = await logIn(address, "anna");
  s.clock.advance(12 * 3_600_000);
  t.equal((await post(address, "/api/status", { status: "on_break" }, { cookie })).status, 401);
});

t.test("log-ins are limited", async (t) => {
  const { address } = await serve(t);
  const statuses: number[] = [];
  for (let i = 0; i < 12; i++) {
    statuses.push((await post(address, "/api/login", { name: "x", password: "y" })).status);
  }
  t.same(statuses, [...Array<number>(10).fill(401), 429, 429]);
});

t.test("orders from other pages, without a log-in, or too big are refused", async (t) => {
  const { address } = await serve(t);
  const cookie = await logIn(address, "anna");
  const status = (headers: Record<string, string>, body: unknown = { status: "on_break" }) =>
    post(address, "/api/status", body, headers).then((reply) => reply.status);
  t.equal(await status({ cookie }), 200);
  t.equal(await status({ cookie, origin: "http://evil.example" }), 403);
  t.equal(await status({ cookie, origin: "null" }), 403);
  t.equal(await status({ cookie, origin: `http://${address.address}:1` }), 403);
  const bare = await fetch(`${origin(address)}/api/status`, {
    method: "POST",
    headers: { cookie, "content-type": "application/json" },
    body: '{"status":"on_break"}',
  });
  t.equal(bare.status, 403, "no Origin at all");
  t.equal(await status({}), 401);
  t.equal(await status({ cookie: "warmline_desk=x" }), 401);
  t.equal(await status({ cookie }, { status: "asleep" }), 400);
  t.equal(await status({ cookie }, { status: "on_break", more: 1 }), 400);
  t.equal(await status({ cookie }, { status: "x".repeat(70_000) }), 413);
  t.equal(
    await status(
      { cookie, "content-type": "application/x-www-form-urlencoded" },
      "status=on_break",
    ),
    415,
  );
  const page = await fetch(`${origin(address)}/`);
  t.match(await page.text(), /Desk/);
  t.match(
    page.headers.get("content-security-policy"),
    /default-src 'self'.*frame-ancestors 'none'/,
  );
  t.equal(page.headers.get("x-content-type-options"), "nosniff");
  t.equal(page.headers.get("referrer-policy"), "no-referrer");
});

t.test("the feed: log-in and origin, snapshot, news, log-out", async (t) => {
  const { s, address } = await serve(t);
  const refusedWith = (headers: Record<string, string>, path = "/feed") =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(`${origin(address).replace("http", "ws")}${path}`, { headers });
      socket.on("unexpected-response", (request, response) => {
        resolve(response.statusCode ?? 0);
        request.destroy();
      });
      socket.on("error", () => undefined);
      socket.on("open", () => resolve(101));
    });
  const cookie = await logIn(address, "anna");
  t.equal(await refusedWith({ origin: origin(address) }), 401);
  t.equal(await refusedWith({ cookie, origin: "http://evil.example" }), 403);
  t.equal(await refusedWith({ cookie }), 403);
  t.equal(await refusedWith({ cookie, origin: origin(address) }, "/other"), 404);

  const one = await openFeed(address, cookie);
  const two = await openFeed(address, cookie);
  await two.until(({ type }) => type === "snapshot");
  const session = visitOf("s1");
  s.visits.set("s1", session);
  s.desk.found(s.opportunity("o1", session), session);
  const [a, b] = await Promise.all([one, two].map((f) => f.until(({ type }) => type === "alert")));
  t.same(a, b, "several browsers of one agent see the same");
  t.match(one.messages[0], { type: "snapshot", desk: { agent: { name: "anna" }, alerts: [] } });
  const closed = new Promise((resolve) => one.socket.once("close", resolve));
  t.equal((await post(address, "/api/logout", {}, { cookie })).status, 200);
  t.equal(await closed, 4401);
  t.equal(await refusedWith({ cookie, origin: origin(address) }), 401);
  t.equal(s.desk.staffing("shop").onDuty, 0);
});

t.test("logging out in one browser leaves the agent's other browser on duty", async (t) => {
  const { s, address } = await serve(t);
  const [home, office] = [await logIn(address, "anna"), await logIn(address, "anna")];
  const [atHome, atOffice] = [await openFeed(address, home), await openFeed(address, office)];
  await Promise.all([atHome, atOffice].map((f) => f.until(({ type }) => type === "snapshot")));
  const closed = new Promise((resolve) => atHome.socket.once("close", resolve));
  await post(address, "/api/logout", {}, { cookie: home });
  t.equal(await closed, 4401);
  s.clock.advance(14_000);
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(s.desk.staffing("shop").onDuty, 1);
  const session = visitOf("s1");
  s.visits.set("s1", session);
  s.desk.found(s.opportunity("o1", session), session);
  t.match(await atOffice.until(({ type }) => type === "alert"), { alert: { state: "offered" } });
});

t.test("a desk that sends too much, or answers no ping, is cut off", async (t) => {
  const { s, address } = await serve(t);
  const cookie = await logIn(address, "anna");
  const talker = await openFeed(address, cookie);
  const closed = new Promise((resolve) => talker.socket.once("close", resolve));
  talker.socket.send("x".repeat(2_000));
  t.equal(await closed, 1009);

  const dead = await openFeed(address, cookie);
  await dead.until(({ type }) => type === "snapshot");
  dead.socket.pause();
  const ended = new Promise((resolve) => dead.socket.once("close", resolve));
  s.clock.advance(15_000);
  s.clock.advance(15_000);
  dead.socket.resume();
  t.equal(await ended, 1006);
});

t.test("two agents race for one contact: one wins", async (t) => {
  const { s, address } = await serve(t);
  const [anna, bob] = [await logIn(address, "anna"), await logIn(address, "bob")];
  for (let round = 0; round < 3; round++) {
    const id = `s${round}`;
    s.visits.set(id, visitOf(id, { address: `192.0.2.${round}` }));
    const invited = await post(
      address,
      "/api/invite",
      { sessionId: id, heading: "Hello", text: "Hello" },
      { cookie: anna },
    );
    const { invitationId } = invited.json as { invitationId: string };
    const shop = s.desk.directory.site("shop");
    if (!shop) throw new Error("no shop");
    const answered = await s.desk.answers.answer(
      { invitation: invitationId, choice: "chat", back: undefined },
      { site: shop, address: "::1", visitor: id },
    );
    if (!answered.ok || !answered.contact) throw new Error("no contact");
    const { interactionId } = answered.contact;
    const replies = await Promise.all(
      [anna, bob].map((cookie) =>
        post(address, "/api/contacts/accept", { interactionId }, { cookie }),
      ),
    );
    t.same(
      replies.map(({ status }) => status).sort((a, b) => a - b),
      [200, 409],
    );
  }
});

t.test(
  "a desk that is cut off again and again misses nothing and gets nothing twice",
  async (t) => {
    const { s, address } = await serve(t);
    const cookie = await logIn(address, "anna");
    let feed = await openFeed(address, cookie);
    const first = await feed.until(({ type }) => type === "snapshot");
    const steady = await openFeed(address, cookie, `?epoch=${first.epoch}&after=${first.seq}`);
    const got = [first];
    for (let round = 0; round < 30; round++) {
      const session = visitOf(`s${round}`);
      s.visits.set(session.id, session);
      s.desk.found(s.opportunity(`o${round}`, session), session);
      if (round % 3 === 0) {
        // Cut in the middle, with news under way.
        feed.socket.terminate();
        await new Promise((resolve) => feed.socket.once("close", resolve));
        got.push(...feed.messages.filter(({ seq }) => seq > (got.at(-1)?.seq ?? 0)));
        const last = got.at(-1);
        feed = await openFeed(address, cookie, `?epoch=${last?.epoch}&after=${last?.seq}`);
      }
    }
    const opportunity = "o29";
    const is = (m: { type: string }) =>
      JSON.stringify(m).includes(`"${opportunity}"`) && m.type === "alert";
    await Promise.all([feed.until(is), steady.until(is)]);
    got.push(...feed.messages);
    t.strictSame(got.slice(1), steady.messages);
    t.same(
      got.map(({ seq }) => seq),
      got.map((_, i) => first.seq + i),
    );
    const anew = await openFeed(address, cookie, "?epoch=other&after=3");
    t.match(await anew.until(() => true), { type: "snapshot" });
  },
);

t.test("a desk that reads too slowly is cut off, and may go on where it stopped", async (t) => {
  const { s, address, warnings } = await serve(t);
  const cookie = await logIn(address, "anna");
  const slow = await openFeed(address, cookie);
  const first = await slow.until(({ type }) => type === "snapshot");
  slow.socket.pause();
  const big = visitOf("s1", { userAgent: "x".repeat(100_000) });
  for (let i = 0; i < 400 && warnings.length === 0; i++) {
    s.desk.feed.publish(["anna"], { type: "visitor", session: big });
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.same(
    warnings,
    ["A desk reads its feed too slowly and was cut off"],
    "not everything is kept in memory for it",
  );
  const ended = new Promise((resolve) => slow.socket.once("close", resolve));
  slow.socket.resume();
  await ended;
  const last = slow.messages.at(-1) ?? first;
  const next = await openFeed(address, cookie, `?epoch=${last.epoch}&after=${last.seq}`);
  t.match(await next.until(() => true), { type: "visitor", seq: last.seq + 1 });
});

t.test("what is taken without a desk goes back when none is opened", async (t) => {
  const { s, address } = await serve(t);
  s.visits.set("s1", visitOf("s1"));
  const cookie = await logIn(address, "anna");
  const order = { sessionId: "s1", heading: "Hello", text: "Hello" };
  const invited = (await post(address, "/api/invite", order, { cookie })).json as {
    invitationId: string;
  };
  const shop = s.desk.directory.site("shop");
  if (!shop) throw new Error("no shop");
  const form = { invitation: invited.invitationId, choice: "chat", back: undefined } as const;
  const from = { site: shop, address: "192.0.2.7", visitor: "hash" };
  const result = await s.desk.answers.answer(form, from);
  const interactionId = (result.ok && result.contact?.interactionId) || "";
  s.clock.advance(15_000);
  t.equal(s.desk.presence.view(ANNA).status, "logged_out");
  t.equal((await post(address, "/api/contacts/accept", { interactionId }, { cookie })).status, 200);
  t.equal(s.desk.contacts.get(interactionId)?.interaction.state, "active");
  s.clock.advance(15_000);
  t.equal(s.desk.contacts.get(interactionId)?.interaction.state, "queued");
});
