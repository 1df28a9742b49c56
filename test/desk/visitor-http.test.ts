import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { serveVisitors } from "../../src/desk/visitor-http.ts";
import type { VisitorEvent } from "../../src/visitor/protocol.ts";
import { askAsEdge, openEvents } from "./browser.ts";
import { ANNA, stand, visitOf } from "./stand.ts";

async function serve(test: Pick<typeof t, "teardown">) {
  const folder = await mkdtemp(join(tmpdir(), "warmline-visitors-"));
  await writeFile(join(folder, "loader.js"), "/* loader */");
  await writeFile(join(folder, "card.css"), "/* card */");
  await writeFile(join(folder, "secret.txt"), "secret");
  const path = join(folder, "visitors.sock");
  await writeFile(path, "left over from an earlier life");
  const s = await stand();
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const options = { path, assetsDirectory: folder };
  const server = await serveVisitors(s.desk, options, { clock: s.clock, log });
  test.teardown(async () => {
    await server[Symbol.asyncDispose]();
    await s[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  const invite = async (sessionId: string) => {
    if (!s.visits.has(sessionId)) s.visits.set(sessionId, visitOf(sessionId));
    const order = { sessionId, heading: "Hello", text: "It is {{agent}}" };
    const invited = await s.desk.orders["/api/invite"](ANNA, order);
    if (!("invitationId" in invited)) throw new Error(invited.message);
    return invited.invitationId;
  };
  return { s, path, invite };
}

const form = (fields: Record<string, string>) => ({
  method: "POST",
  body: new URLSearchParams(fields).toString(),
  headers: { "content-type": "application/x-www-form-urlencoded" },
});
const json = (body: unknown) => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: { "content-type": "application/json", accept: "application/json" },
});

t.test("constant files, with validators; nothing else of the folder", async (t) => {
  const { path } = await serve(t);
  const loader = await askAsEdge(path, { path: "/.warmline/loader.js" });
  t.match(loader, { status: 200, text: "/* loader */" });
  t.match(loader.headers["content-type"], /javascript/);
  t.match(loader.headers["cache-control"], /max-age=300/);
  const etag = String(loader.headers.etag);
  const again = { path: "/.warmline/loader.js", headers: { "if-none-match": etag } };
  t.equal((await askAsEdge(path, again)).status, 304);
  for (const other of ["/.warmline/secret.txt", "/.warmline/../secret.txt", "/loader.js", "/"]) {
    t.equal((await askAsEdge(path, { path: other })).status, 404, other);
  }
  const stranger = { path: "/.warmline/loader.js", headers: { "x-warmline-site": "nowhere" } };
  t.equal((await askAsEdge(path, stranger)).status, 404);
});

t.test(
  "events: state first, then the invitation at once, chat both ways, another page",
  async (t) => {
    const { s, path, invite } = await serve(t);
    s.visits.set("s1", visitOf("s1"));
    const stream = await openEvents(path, "s1");
    t.match(stream.head, { "content-type": "text/event-stream", "x-accel-buffering": "no" });
    t.same(await stream.next(), { type: "state", contacts: [] });
    const invitation = await invite("s1");
    t.match(await stream.next(), {
      type: "invitation",
      invitation: {
        id: invitation,
        text: "It is Anna",
        choices: ["chat", "phone", "callback", "none"],
      },
    });
    const shown = { path: "/.warmline/shown", ...json({ invitationId: invitation }) };
    t.equal((await askAsEdge(path, shown)).status, 204);
    t.match(
      s.told.filter(({ what }) => what === "metric invitation").map((m) => m.with[1]),
      ["sent", "shown"],
    );
    const tab = await openEvents(path, "s1");
    t.match(await tab.next(), { type: "state", invitation: { id: invitation } }, "another tab");
    const answer = json({ invitation, choice: "chat", name: "" });
    const answered = await askAsEdge(path, { path: "/.warmline/answer", ...answer });
    t.match(answered, { status: 200, json: { ok: true, choice: "chat" } });
    const { interactionId } = (answered.json as { contact: { interactionId: string } }).contact;
    const seen = [await stream.next(), await stream.next()] as VisitorEvent[];
    t.same(seen.map(({ type }) => type).sort(), ["contact", "withdraw"]);

    await s.desk.orders["/api/contacts/accept"](ANNA, { interactionId });
    let event = (await stream.next()) as VisitorEvent;
    while (event.type !== "chat") event = (await stream.next()) as VisitorEvent;
    t.match(event.message, { from: "system", text: "Anna is here.", number: 1 });
    const chat = { path: "/.warmline/chat", ...json({ interactionId, text: "Hello?" }) };
    t.match(await askAsEdge(path, chat), { status: 200, json: { ok: true } });
    t.match(await stream.next(), { type: "chat", message: { from: "visitor", text: "Hello?" } });
    const order = { sessionId: "s1", path: "/machines" };
    t.same(await s.desk.orders["/api/visitors/page"](ANNA, order), { at: "once" });
    t.same(await stream.next(), { type: "navigate", path: "/machines" });
    stream.close();
    tab.close();
  },
);

t.test(
  "a stream that is opened before the page's hit arrives finds its visit a little later",
  async (t) => {
    const { s, path, invite } = await serve(t);
    const stream = await openEvents(path, "s9");
    t.same(await stream.next(), { type: "state", contacts: [] });
    const invitation = await invite("s9");
    s.clock.advance(250);
    t.match(await stream.next(), { type: "state", invitation: { id: invitation } });
    s.clock.advance(25_000);
    stream.close();
  },
);

t.test("without JavaScript: form, mistake, form again, conversation, thanks", async (t) => {
  const { s, path, invite } = await serve(t);
  const invitation = await invite("s1");
  const answer = (fields: Record<string, string>) =>
    askAsEdge(path, {
      path: "/.warmline/answer",
      ...form({ invitation, back: "/prices", ...fields }),
    });
  const wrong = await answer({ choice: "phone", number: "1<b>" });
  t.match(wrong, { status: 422, text: /not a telephone number/ });
  t.match(wrong.text, /name="number"[^>]* value="1&lt;b&gt;"/, "what was typed is still there");
  const chat = await answer({ choice: "chat" });
  t.equal(chat.status, 303);
  const place = String(chat.headers.location).split("#")[0] ?? "";
  const waiting = await askAsEdge(path, { path: place });
  t.match(waiting, { status: 200, text: /http-equiv="refresh"/ });
  const interactionId = decodeURIComponent(place.split("=")[1] ?? "");
  await s.desk.orders["/api/contacts/accept"](ANNA, { interactionId });
  const said = { path: "/.warmline/chat", ...form({ interactionId, text: "Is <it> loud?" }) };
  t.match(await askAsEdge(path, said), { status: 303 });
  t.match((await askAsEdge(path, { path: place })).text, /Is &lt;it&gt; loud\?/);
  const other = { path: place, headers: { "x-warmline-site": "help" } };
  t.equal((await askAsEdge(path, other)).status, 404, "another site's conversation");
  const gone = await askAsEdge(path, {
    path: "/.warmline/answer",
    ...form({ invitation: "unknown", choice: "chat", back: "//evil.example" }),
  });
  t.match(gone, { status: 409, text: /no longer open/ });
  t.notMatch(gone.text, /evil/);
  const none = await askAsEdge(path, {
    path: "/.warmline/answer",
    ...form({ invitation: await invite("s2"), choice: "none", back: "/prices?x=1" }),
  });
  t.match(none, { status: 303, headers: { location: "/prices?x=1" } });
});

t.test("nonsense gets an answer, not a crash", async (t) => {
  const { s, path, invite } = await serve(t);
  const invitation = await invite("s1");
  const bad = [
    { path: "/.warmline/answer", ...json([]) },
    { path: "/.warmline/answer", ...json({ invitation, choice: "everything" }) },
    { path: "/.warmline/answer", ...json({ invitation, choice: ["chat"] }) },
    {
      path: "/.warmline/answer",
      ...form({ invitation, choice: "phone", number: "9".repeat(500) }),
    },
    { path: "/.warmline/shown", ...json({}) },
    { path: "/.warmline/chat", ...json({ interactionId: "x", text: "" }) },
    { path: "/.warmline/chat", ...json({ interactionId: "__proto__", text: "x" }) },
    { path: "/.warmline/chat", ...json({ interactionId: "x", text: "x".repeat(20_000) }) },
    { path: "/.warmline/chat?interaction=x&interaction=y" },
    {
      path: "/.warmline/answer",
      method: "POST",
      body: "{",
      headers: { "content-type": "application/json" },
    },
  ];
  for (const order of bad) {
    const { status } = await askAsEdge(path, order);
    t.ok(status >= 400 && status < 500, `${order.path}: ${status}`);
  }
  t.same(
    s.told.filter(({ what }) => what === "error"),
    [],
  );
});

t.test("a visitor shows a page to his agent: of the site itself, and nobody else's", async (t) => {
  const { s, path, invite } = await serve(t);
  s.visits.set("s1", visitOf("s1"));
  const answer = json({ invitation: await invite("s1"), choice: "chat" });
  const answered = await askAsEdge(path, { path: "/.warmline/answer", ...answer });
  const { interactionId } = (answered.json as { contact: { interactionId: string } }).contact;
  const page = (body: object, session = "s1", origin = "https://shop.example") => {
    const order = json({ interactionId, title: " Mugs\n\t& more ", ...body });
    const headers = { ...order.headers, origin };
    return askAsEdge(path, { path: "/.warmline/page", ...order, headers, session });
  };
  const shown = () => s.desk.contacts.get(interactionId)?.shown;
  t.equal((await page({ path: "/mugs" })).status, 409, "nobody is there yet");
  await s.desk.orders["/api/contacts/accept"](ANNA, { interactionId });
  for (const bad of [
    "//evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "https://evil.example/",
    "mugs",
    "/.warmline/talk",
    "/a b",
    7,
  ]) {
    t.match(await page({ path: bad }), { status: 422, json: { ok: false } }, String(bad));
  }
  t.equal((await page({ path: "/mugs" }, "s2")).status, 409, "another browser");
  t.equal(shown(), undefined);
  t.equal((await page({ path: "/mugs?colour=red#top" })).status, 204);
  t.match(shown(), { url: "https://shop.example/mugs?colour=red#top", title: "Mugs & more" });
  await page({ path: "/mugs" }, "s1", "http://shop.example:8080");
  t.equal(shown()?.url, "http://shop.example:8080/mugs", "where his browser sees the site");
  await page({ path: "/mugs" }, "s1", "https://evil.example");
  t.equal(shown()?.url, "https://shop.example/mugs", "no other host");
  t.match(
    s.desk.contacts.visibleTo("anna").map((contact) => contact.shown?.title),
    ["Mugs & more"],
    "the desk has it",
  );
  for (let i = 0; i < 27; i++) await page({ path: "/mugs" });
  t.equal((await page({ path: "/mugs" })).status, 429);
});
