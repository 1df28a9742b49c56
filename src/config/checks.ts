import type { NoticeRule } from "../model/notice.ts";
import type { Config } from "./schema.ts";

export type CertificateFiles = Config["tls"]["certificates"][number];

/** What the loader asks others about values it cannot judge itself. */
export interface Checks {
  /** What is wrong with a criterion, or nothing. */
  criterion(expression: string): string | undefined;
  /** What is wrong with a rule that notices something, or nothing. */
  notice(rule: NoticeRule): string | undefined;
  /** Why numbers may not be dialled predictively by the law of a jurisdiction, or nothing. */
  predictive(country: string, config: Config): string | undefined;
  /** What is wrong with a certificate's files, or nothing. */
  certificate(files: CertificateFiles): string | undefined;
}
