import type { Duplex } from "node:stream";
import type { AnswerHead } from "./http1/answer-head.ts";
import type { HeadEdit } from "./http1/head-edit.ts";
import type { Stage } from "./injection/stage.ts";

/** The head of an origin's answer as the phases see it: valid until the last of them has returned. */
export interface Answer {
  readonly head: AnswerHead;
  readonly edit: HeadEdit;
  /** Cache-Control as it shall be, when it is not to stay. */
  control: string | undefined;
  /** What the body goes through before it is sent, if anything: in the same turn, … */
  stage: Stage | undefined;
  /** … or in streams of Node's. */
  through: readonly [Duplex, ...Duplex[]] | undefined;
}

/** An answer as it came. */
export function answerOf(head: AnswerHead, edit: HeadEdit): Answer {
  return { head, edit, control: undefined, stage: undefined, through: undefined };
}
