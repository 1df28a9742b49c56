/** How the database got to its present shape. A migration that was released is never changed; a new one is added. */
import { type Kysely, type Migration, Migrator } from "kysely";

/** The database cannot be brought to the shape this version needs. */
class MigrationFailed extends Error {
  readonly code = "WL_MIGRATION_FAILED";
}

const migrations: Readonly<Record<string, Migration>> = {
  "0001-first": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("callbacks")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("site", "text", (column) => column.notNull())
        .addColumn("firm", "text", (column) => column.notNull())
        .addColumn("session_id", "text", (column) => column.notNull())
        .addColumn("number", "text", (column) => column.notNull())
        .addColumn("name", "text")
        .addColumn("topic", "text")
        .addColumn("priority", "integer", (column) => column.notNull())
        .addColumn("created_ms", "bigint", (column) => column.notNull())
        .addColumn("due_ms", "bigint", (column) => column.notNull())
        .addColumn("attempts", "integer", (column) => column.notNull())
        .addColumn("agent", "text")
        .addColumn("evidence", "text", (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex("callbacks_by_state")
        .on("callbacks")
        .columns(["state", "due_ms"])
        .execute();
      await db.schema
        .createTable("interactions")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("site", "text", (column) => column.notNull())
        .addColumn("firm", "text", (column) => column.notNull())
        .addColumn("session_id", "text", (column) => column.notNull())
        .addColumn("visitor", "text")
        .addColumn("opportunity_id", "text")
        .addColumn("invitation_id", "text")
        .addColumn("callback_id", "text")
        .addColumn("preferred_agent", "text")
        .addColumn("agent", "text")
        .addColumn("address", "text", (column) => column.notNull())
        .addColumn("url", "text", (column) => column.notNull())
        .addColumn("priority", "integer", (column) => column.notNull())
        .addColumn("name", "text")
        .addColumn("number", "text")
        .addColumn("queued_ms", "bigint", (column) => column.notNull())
        .addColumn("active_ms", "bigint")
        .addColumn("ended_ms", "bigint")
        .addColumn("outcome", "text")
        .addColumn("disposition", "text")
        .addColumn("note", "text")
        .execute();
      await db.schema
        .createIndex("interactions_by_state")
        .on("interactions")
        .columns(["state", "queued_ms"])
        .execute();
      await db.schema
        .createTable("chat_messages")
        .addColumn("interaction_id", "text", (column) => column.notNull())
        .addColumn("number", "integer", (column) => column.notNull())
        .addColumn("from", "text", (column) => column.notNull())
        .addColumn("text", "text", (column) => column.notNull())
        .addColumn("at_ms", "bigint", (column) => column.notNull())
        .addPrimaryKeyConstraint("chat_messages_key", ["interaction_id", "number"])
        .execute();
      await db.schema
        .createTable("logins")
        .addColumn("token_hash", "text", (column) => column.primaryKey())
        .addColumn("agent", "text", (column) => column.notNull())
        .addColumn("created_ms", "bigint", (column) => column.notNull())
        .addColumn("expires_ms", "bigint", (column) => column.notNull())
        .execute();
    },
  },
  "0002-do-not-call": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("do_not_call")
        .addColumn("firm", "text", (column) => column.notNull())
        .addColumn("number", "text", (column) => column.notNull())
        .addColumn("agent", "text", (column) => column.notNull())
        .addColumn("added_ms", "bigint", (column) => column.notNull())
        .addPrimaryKeyConstraint("do_not_call_key", ["firm", "number"])
        .execute();
    },
  },
  "0003-calls": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("calls")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("call", "text", (column) => column.notNull())
        .execute();
    },
  },
  "0004-dialogs": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("dialogs")
        .addColumn("leg_id", "text", (column) => column.primaryKey())
        .addColumn("leg", "text", (column) => column.notNull())
        .execute();
    },
  },
  "0005-dialling": {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable("interactions").addColumn("attempts", "integer").execute();
      await db.schema.alterTable("interactions").addColumn("rests_until_ms", "bigint").execute();
      await db.schema
        .createTable("dial_hours")
        .addColumn("firm", "text", (column) => column.notNull())
        .addColumn("hour", "integer", (column) => column.notNull())
        .addColumn("answers", "integer", (column) => column.notNull())
        .addColumn("drops", "integer", (column) => column.notNull())
        .addPrimaryKeyConstraint("dial_hours_key", ["firm", "hour"])
        .execute();
    },
  },
  "0006-chat-calls": {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable("interactions").addColumn("began_as", "text").execute();
    },
  },
  "0007-learnt": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("dial_learnt")
        .addColumn("firm", "text", (column) => column.primaryKey())
        .addColumn("at_ms", "bigint", (column) => column.notNull())
        .addColumn("learnt", "text", (column) => column.notNull())
        .execute();
    },
  },
};

/**
 * Brings the database to the present shape.
 *
 * @throws {MigrationFailed} also when the database was written by a later version
 */
export async function migrate<Tables>(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error) {
    throw new MigrationFailed(
      "The database could not be brought to this version's shape; was it used by a later version of Warmline?",
      { cause: error },
    );
  }
}
