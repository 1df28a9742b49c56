import { chmod } from "node:fs/promises";
import { CamelCasePlugin, Kysely, SqliteDialect } from "kysely";
import type { CallRecords, DialogRecords, DialRecords } from "../cti/ports.ts";
import type { Login, Records } from "../desk/ports.ts";
import type { Call } from "../model/call.ts";
import type { Callback, ConsentEvidence } from "../model/callback.ts";
import type { Interaction } from "../model/interaction.ts";
import { migrate } from "./migrations.ts";
import { openNodeSqlite } from "./node-sqlite.ts";
import { fromRow, type Row, type Tables } from "./tables.ts";

/** All that is kept. */
export type Store = Records & CallRecords & DialRecords & DialogRecords & AsyncDisposable;

/**
 * The records in an SQLite file, `:memory:` for none. The file is made, and brought to the present shape, as needed; only
 * its owner may read it. A write that has resolved is on the disk.
 *
 * @throws {MigrationFailed} when the file has a shape this version does not know
 * @throws {Error} of `node:sqlite` when the file cannot be opened
 */
export async function openStore(file: string): Promise<Store> {
  const db = new Kysely<Tables>({
    dialect: new SqliteDialect({ database: () => Promise.resolve(openNodeSqlite(file)) }),
    plugins: [new CamelCasePlugin()],
  });
  try {
    await migrate(db);
    if (file !== ":memory:") await chmod(file, 0o600);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return {
    async addCallback(callback) {
      await db.insertInto("callbacks").values(callbackRow(callback)).execute();
    },
    async updateCallback(callback) {
      const { id, ...rest } = callbackRow(callback);
      await db.updateTable("callbacks").set(rest).where("id", "=", id).execute();
    },
    async openCallbacks() {
      const rows = await db
        .selectFrom("callbacks")
        .selectAll()
        .where("state", "not in", ["completed", "expired", "cancelled"])
        .orderBy("dueMs")
        .execute();
      return rows.map((row) => {
        const evidence = JSON.parse(row.evidence) as ConsentEvidence;
        return fromRow<Callback>({ ...row, evidence });
      });
    },
    async saveInteraction(interaction) {
      const row = interactionRow(interaction);
      await db
        .insertInto("interactions")
        .values(row)
        .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
        .execute();
    },
    async openInteractions() {
      const rows = await db
        .selectFrom("interactions")
        .selectAll()
        .where("state", "!=", "closed")
        .orderBy("queuedMs")
        .execute();
      // Empty, in columns that may not be null: it did not come from a visit.
      return rows.map((row) =>
        fromRow<Interaction>({
          ...row,
          sessionId: row.sessionId || null,
          address: row.address || null,
          url: row.url || null,
        }),
      );
    },
    async addChatMessage(message) {
      await db.insertInto("chatMessages").values(message).execute();
    },
    chatMessages: (interactionId) =>
      db
        .selectFrom("chatMessages")
        .selectAll()
        .where("interactionId", "=", interactionId)
        .orderBy("number")
        .execute(),
    async addLogin(login) {
      // Those that have run out go when a new one comes: there are only ever a few per agent.
      await db.deleteFrom("logins").where("expiresMs", "<=", login.createdMs).execute();
      await db.insertInto("logins").values(login).execute();
    },
    login: (tokenHash): Promise<Login | undefined> =>
      db.selectFrom("logins").selectAll().where("tokenHash", "=", tokenHash).executeTakeFirst(),
    async removeLogin(tokenHash) {
      await db.deleteFrom("logins").where("tokenHash", "=", tokenHash).execute();
    },
    async addDoNotCall(entry) {
      await db.replaceInto("doNotCall").values(entry).execute();
    },
    saveCalls: (calls) =>
      db.transaction().execute(async (transaction) => {
        for (const { id, ...call } of calls) {
          if (call.state === "ended") {
            await transaction.deleteFrom("calls").where("id", "=", id).execute();
          } else {
            const row = { id, call: JSON.stringify(call) };
            await transaction.replaceInto("calls").values(row).execute();
          }
        }
      }),
    async openCalls() {
      const rows = await db.selectFrom("calls").selectAll().execute();
      return rows.map(({ id, call }) => ({ ...(JSON.parse(call) as Omit<Call, "id">), id }));
    },
    saveDialogs: (legs) =>
      db.transaction().execute(async (transaction) => {
        for (const [legId, leg] of legs) {
          if (leg === undefined) {
            await transaction.deleteFrom("dialogs").where("legId", "=", legId).execute();
          } else await transaction.replaceInto("dialogs").values({ legId, leg }).execute();
        }
      }),
    async openDialogs() {
      const rows = await db.selectFrom("dialogs").selectAll().execute();
      return Object.fromEntries(rows.map(({ legId, leg }) => [legId, leg]));
    },
    async saveDialHour(counted) {
      await db.replaceInto("dialHours").values(counted).execute();
    },
    dialHours: (afterHour) =>
      db
        .selectFrom("dialHours")
        .selectAll()
        .where("hour", ">", afterHour)
        .orderBy("hour")
        .execute(),
    async saveDialLearnt(learnt) {
      const { firm: _, ...rest } = learnt;
      await db
        .insertInto("dialLearnt")
        .values(learnt)
        .onConflict((conflict) => conflict.column("firm").doUpdateSet(rest))
        .execute();
    },
    dialLearnt: () => db.selectFrom("dialLearnt").selectAll().execute(),
    doNotCall: () => db.selectFrom("doNotCall").selectAll().execute(),
    [Symbol.asyncDispose]: () => db.destroy(),
  };
}

function callbackRow(callback: Callback): Tables["callbacks"] {
  return {
    id: callback.id,
    state: callback.state,
    site: callback.site,
    firm: callback.firm,
    sessionId: callback.sessionId,
    number: callback.number,
    name: callback.name ?? null,
    topic: callback.topic ?? null,
    priority: callback.priority,
    createdMs: callback.createdMs,
    dueMs: callback.dueMs,
    attempts: callback.attempts,
    agent: callback.agent ?? null,
    evidence: JSON.stringify(callback.evidence),
  };
}

function interactionRow(interaction: Interaction): Row<Interaction> {
  return {
    id: interaction.id,
    kind: interaction.kind,
    beganAs: interaction.beganAs ?? null,
    state: interaction.state,
    site: interaction.site,
    firm: interaction.firm,
    sessionId: interaction.sessionId ?? "",
    visitor: interaction.visitor ?? null,
    opportunityId: interaction.opportunityId ?? null,
    invitationId: interaction.invitationId ?? null,
    callbackId: interaction.callbackId ?? null,
    preferredAgent: interaction.preferredAgent ?? null,
    agent: interaction.agent ?? null,
    address: interaction.address ?? "",
    url: interaction.url ?? "",
    priority: interaction.priority,
    name: interaction.name ?? null,
    number: interaction.number ?? null,
    attempts: interaction.attempts ?? null,
    restsUntilMs: interaction.restsUntilMs ?? null,
    queuedMs: interaction.queuedMs,
    activeMs: interaction.activeMs ?? null,
    endedMs: interaction.endedMs ?? null,
    outcome: interaction.outcome ?? null,
    disposition: interaction.disposition ?? null,
    note: interaction.note ?? null,
  };
}
