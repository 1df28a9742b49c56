/** What origins may send, and what a visitor then gets: each case of `answers/`, against the listener. */
import { answerFields } from "./answers/answer-fields.ts";
import { answerFraming } from "./answers/answer-framing.ts";
import { cutOff } from "./answers/cut-off.ts";
import { interim } from "./answers/interim.ts";
import { leftovers } from "./answers/leftovers.ts";
import { statusLine } from "./answers/status-line.ts";
import { conformance } from "./conformance.ts";

await conformance({
  "status line": statusLine,
  fields: answerFields,
  framing: answerFraming,
  "before the final answer": interim,
  "cut off": cutOff,
  leftovers,
});
