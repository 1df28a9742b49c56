/**
 * What a module says to the operator; pino fits. Messages are constant text, what varies goes into `fields`.
 * Phone numbers, addresses, names and URLs of visitors are named `number`, `address`, `name`, `url` there, and nothing
 * else, so that the one redaction in `oam/log.ts` catches them.
 */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
