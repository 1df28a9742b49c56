import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import t from "tap";
import type { Call } from "../model/call.ts";
import type { Callback } from "../model/callback.ts";
import type { Interaction } from "../model/interaction.ts";
import { openStore } from "./open.ts";

const callback: Callback = {
  id: "c1",
  state: "scheduled",
  site: "shop",
  firm: "acme",
  sessionId: "s1",
  number: "+4930123456",
  priority: 3,
  createdMs: 1_800_000_000_000,
  dueMs: 1_800_000_600_000,
  attempts: 0,
  evidence: {
    url: "/",
    text: "Call me back",
    atMs: 1_800_000_000_000,
    address: "::1",
    typed: "030 1",
  },
};

const interaction: Interaction = {
  id: "i1",
  kind: "chat",
  state: "queued",
  site: "shop",
  firm: "acme",
  sessionId: "s1",
  address: "192.0.2.1",
  url: "/prices?x=1",
  priority: 9,
  queuedMs: 1_800_000_000_000,
};

async function file(test: Pick<typeof t, "teardown">): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "warmline-store-"));
  test.teardown(() => rm(folder, { recursive: true }));
  return join(folder, "records.db");
}

t.test("what was written is there when the file is opened again", async (t) => {
  const path = await file(t);
  const first = await openStore(path);
  await first.addCallback(callback);
  await first.addCallback({ ...callback, id: "c2", name: "Zoë", topic: "prices", agent: "anna" });
  await first.saveInteraction(interaction);
  await first.saveInteraction({ ...interaction, state: "active", agent: "anna", activeMs: 5 });
  await first[Symbol.asyncDispose]();
  const store = await openStore(path);
  t.teardown(() => store[Symbol.asyncDispose]());
  const second = { ...callback, id: "c2", name: "Zoë", topic: "prices", agent: "anna" };
  t.strictSame(await store.openCallbacks(), [callback, second]);
  t.strictSame(await store.openInteractions(), [
    { ...interaction, state: "active", agent: "anna", activeMs: 5 },
  ]);
  t.equal((await stat(path)).mode & 0o777, 0o600, "only its owner may read it");
});

t.test("what is over is no longer open", async (t) => {
  const store = await openStore(":memory:");
  t.teardown(() => store[Symbol.asyncDispose]());
  for (const state of ["completed", "expired", "cancelled"] as const) {
    await store.addCallback({ ...callback, id: state });
    await store.updateCallback({ ...callback, id: state, state });
  }
  await store.addCallback(callback);
  await store.updateCallback({ ...callback, state: "due", attempts: 1 });
  t.strictSame(await store.openCallbacks(), [{ ...callback, state: "due", attempts: 1 }]);
  await store.saveInteraction({ ...interaction, state: "closed" });
  t.strictSame(await store.openInteractions(), []);
});

t.test("a field that goes away is gone", async (t) => {
  const store = await openStore(":memory:");
  t.teardown(() => store[Symbol.asyncDispose]());
  await store.saveInteraction({ ...interaction, state: "reserved", agent: "anna" });
  await store.saveInteraction(interaction);
  t.strictSame(await store.openInteractions(), [interaction]);
});

t.test("chat messages come in their order, and no number comes twice", async (t) => {
  const store = await openStore(":memory:");
  t.teardown(() => store[Symbol.asyncDispose]());
  const message = { interactionId: "i1", from: "visitor", text: "hello", atMs: 1 } as const;
  for (const number of [2, 1, 3]) await store.addChatMessage({ ...message, number });
  await store.addChatMessage({ ...message, interactionId: "i2", number: 1 });
  t.strictSame(
    (await store.chatMessages("i1")).map((m) => m.number),
    [1, 2, 3],
  );
  await t.rejects(store.addChatMessage({ ...message, number: 2 }));
});

t.test("log-ins: found by hash, removed, and cleared away when they have run out", async (t) => {
  const store = await openStore(":memory:");
  t.teardown(() => store[Symbol.asyncDispose]());
  const login = { tokenHash: "h1", agent: "anna", createdMs: 1_000, expiresMs: 2_000 };
  await store.addLogin(login);
  t.strictSame(await store.login("h1"), login);
  t.equal(await store.login("h2"), undefined);
  await store.addLogin({ tokenHash: "h2", agent: "bob", createdMs: 2_000, expiresMs: 3_000 });
  t.equal(await store.login("h1"), undefined, "run out");
  await store.removeLogin("h2");
  t.equal(await store.login("h2"), undefined);
});

t.test("a file of a later version is refused with words", async (t) => {
  const path = await file(t);
  await (await openStore(path))[Symbol.asyncDispose]();
  const database = new DatabaseSync(path);
  database.exec("INSERT INTO kysely_migration VALUES ('9999-later', '2030-01-01')");
  database.close();
  await t.rejects(openStore(path), { code: "WL_MIGRATION_FAILED", message: /later version/ });
});

t.test("the log is flushed before a write is acknowledged", async (t) => {
  const { openNodeSqlite } = await import("./node-sqlite.ts");
  const database = openNodeSqlite(await file(t));
  t.same([...database.prepare("PRAGMA synchronous").all([])], [{ synchronous: 2 }]);
  t.same([...database.prepare("PRAGMA journal_mode").all([])], [{ journal_mode: "wal" }]);
  database.close();
});

t.test("legs of the SIP driver are kept until they have ended", async (t) => {
  const directory = t.testdir();
  {
    await using store = await openStore(`${directory}/dialogs.sqlite`);
    await store.saveDialogs(
      new Map([
        ["agent", "{}"],
        ["visitor", "{}"],
      ]),
    );
    await store.saveDialogs(
      new Map([
        ["agent", '{"answered":true}'],
        ["visitor", undefined],
        ["never was", undefined],
      ]),
    );
  }
  await using again = await openStore(`${directory}/dialogs.sqlite`);
  t.same(await again.openDialogs(), { agent: '{"answered":true}' });
});

t.test("calls: those that have not ended come back as they were", async (t) => {
  await using store = await openStore(":memory:");
  const call = (id: string, state: Call["state"]): Call => ({
    id,
    interactionId: `of ${id}`,
    site: "shop",
    state,
    number: "+4930123000",
    legs: [
      {
        id: `${id}.agent`,
        party: "agent",
        to: { kind: "agent", telephone: "101" },
        agent: "anna",
        state: "answered",
      },
    ],
    startedMs: 1,
  });
  await store.saveCalls([]);
  await store.saveCalls([call("c1", "calling_visitor"), call("c2", "joined")]);
  await store.saveCalls([{ ...call("c1", "joined"), joinedMs: 2 }]);
  t.same(
    (await store.openCalls()).toSorted((a, b) => a.id.localeCompare(b.id)),
    [{ ...call("c1", "joined"), joinedMs: 2 }, call("c2", "joined")],
  );
  await store.saveCalls([call("c1", "ended"), call("c3", "ended")]);
  t.same(await store.openCalls(), [call("c2", "joined")]);
});

t.test("dialled calls, by firm and hour: the latest word on each", async (t) => {
  await using store = await openStore(":memory:");
  const count = (firm: string, hour: number, answers: number, drops = 0) =>
    store.saveDialHour({ firm, hour, answers, drops });
  await count("acme", 7, 1);
  await count("acme", 9, 1);
  await count("acme", 8, 3);
  await count("rival", 8, 5);
  await count("acme", 9, 4, 1);
  t.same(await store.dialHours(7), [
    { firm: "acme", hour: 8, answers: 3, drops: 0 },
    { firm: "rival", hour: 8, answers: 5, drops: 0 },
    { firm: "acme", hour: 9, answers: 4, drops: 1 },
  ]);
});

t.test("what the dialler has learnt, by firm: the latest", async (t) => {
  await using store = await openStore(":memory:");
  t.same(await store.dialLearnt(), []);
  await store.saveDialLearnt({ firm: "acme", atMs: 1_800_000_000_000, learnt: "{}" });
  await store.saveDialLearnt({ firm: "rival", atMs: 7, learnt: "[]" });
  await store.saveDialLearnt({ firm: "acme", atMs: 1_800_000_000_001, learnt: '{"a":1}' });
  t.same(
    (await store.dialLearnt()).toSorted((a, b) => a.firm.localeCompare(b.firm)),
    [
      { firm: "acme", atMs: 1_800_000_000_001, learnt: '{"a":1}' },
      { firm: "rival", atMs: 7, learnt: "[]" },
    ],
  );
});
