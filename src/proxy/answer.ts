import type { AnswerHead } from "./http1/answer-head.ts";
import type { HeadEdit } from "./http1/head-edit.ts";
import type { Stage, Streams } from "./injection/stage.ts";

/** The head of an origin's answer as the phases see it: valid until the last of them has returned. */
export interface Answer {
  readonly head: AnswerHead;
  readonly edit: HeadEdit;
  /** Content of the body has come with the head up to here, of the bytes that the head is in. */
  readonly contentEnd: number;
  /** Cache-Control as it shall be, when it is not to stay. */
  control: string | undefined;
  /** What the body goes through before it is sent, if anything. */
  way: Stage | Streams | undefined;
  /** Bytes that the body gains: undefined when that is not known before. */
  adds: number | undefined;
  /** Called when the body breaks off before its end; not when the visitor leaves. */
  brokeOff: (() => void) | undefined;
}

/** An answer as it came. */
export function answerOf(head: AnswerHead, edit: HeadEdit, contentEnd = head.end): Answer {
  return {
    head,
    edit,
    contentEnd,
    control: undefined,
    way: undefined,
    adds: 0,
    brokeOff: undefined,
  };
}
