import { array, assert, infiniteStream, integer, property, string } from "fast-check";
import t from "tap";
import { createFraming } from "./framing.ts";

const message = (body: string) => `BYE sip:a@b SIP/2.0\r\nl: ${body.length}\r\n\r\n${body}`;

t.test("messages are found again, wherever the stream is cut", async (t) => {
  assert(
    property(
      array(string({ maxLength: 30 }), { maxLength: 5 }),
      infiniteStream(integer({ min: 1, max: 30 })),
      (bodies, cuts) => {
        const sent = bodies.map(message);
        let stream = sent.join("\r\n");
        const framing = createFraming();
        const got: string[] = [];
        while (stream !== "") {
          const size = Number(cuts.next().value);
          const read = framing.add(stream.slice(0, size));
          got.push(...read.messages);
          t.notOk(read.broken);
          stream = stream.slice(size);
        }
        t.same(got, sent);
      },
    ),
    { numRuns: 500 },
  );
});

t.test("a ping between messages", async (t) => {
  const framing = createFraming();
  t.match(framing.add("\r\n\r\n"), { messages: [], ping: true, broken: false });
  t.match(framing.add(`\r\n\r\n${message("x")}`), { messages: [message("x")], ping: true });
});

t.test("a stream that cannot be divided is broken", async (t) => {
  t.ok(createFraming().add("BYE sip:a@b SIP/2.0\r\nVia: x\r\n\r\n").broken, "no length");
  t.ok(createFraming().add("BYE sip:a@b SIP/2.0\r\nl: 1\r\nl: 2\r\n\r\n").broken, "two lengths");
  t.ok(createFraming().add("BYE sip:a@b SIP/2.0\r\nl: 999999\r\n\r\n").broken, "too long");
  t.ok(createFraming().add("x".repeat(70_000)).broken, "no end of the head");
});
