import type { NoticeRule } from "../../model/notice.ts";
import { namesOf, placeOf } from "./place.ts";

/** What is wrong with a rule, in an operator's words, or nothing. */
export function noticeProblem(rule: NoticeRule): string | undefined {
  const { at, purchase, login, name, number, mail } = rule;
  const sources = [
    purchase?.amount,
    purchase?.currency,
    purchase?.order,
    login,
    name,
    number,
    mail,
  ];
  try {
    const { method } = placeOf(at);
    const names = namesOf(at);
    for (const source of sources) {
      if (source && "path" in source && !names.includes(source.path)) {
        return `there is no {${source.path}} in ${at}; name the part of the path so`;
      }
      if (source && "form" in source && method === "GET") {
        return `a form is not sent with GET; write POST ${at}`;
      }
    }
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return `at: ${error.message}`;
    throw error;
  }
}
