import t from "tap";
import { ownPage } from "./own-page.ts";

t.test("every status of ours has a page in words, without script", async (t) => {
  for (const status of [400, 405, 408, 421, 500, 502, 503, 504]) {
    const page = ownPage(status);
    t.match(page, `<small>${status}</small>`);
    t.match(page, /<h1>[A-Z][\w ]+<\/h1><p>.{20,}<\/p>/);
    t.notMatch(page, /script|http:/i);
  }
  t.match(ownPage(599), "<h1>Error</h1>");
});
