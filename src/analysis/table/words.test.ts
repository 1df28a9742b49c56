import t from "tap";
import { createWords, NO_WORD } from "./words.ts";

t.test("a text is kept once, and as long as it is used", (t) => {
  const words = createWords(2);
  const home = words.take("/");
  t.equal(words.take("/"), home);
  words.again(home);
  const cart = words.take("/cart");
  t.same([words.text(home), words.text(cart), words.size], ["/", "/cart", 2]);
  t.equal(words.take("/third"), NO_WORD, "there is no room");
  for (let uses = 0; uses < 3; uses += 1) {
    t.equal(words.text(home), "/");
    words.release(home);
  }
  t.equal(words.size, 1);
  t.equal(words.text(words.take("/third")), "/third", "now there is");
  t.end();
});

t.test("what could not come back as it was, or hardly ever comes twice, is not taken", (t) => {
  const words = createWords(9);
  t.equal(words.take("x".repeat(201)), NO_WORD);
  t.equal(words.take("half a \ud800 character"), NO_WORD);
  t.end();
});
