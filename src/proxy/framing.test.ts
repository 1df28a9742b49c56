import type { IncomingMessage } from "node:http";
import t from "tap";
import { framingFault, hasBody } from "./framing.ts";

const request = (rawHeaders: string[], httpVersion = "1.1") => {
  const headers: Record<string, string> = {};
  for (let i = 0; i < rawHeaders.length; i += 2) {
    headers[(rawHeaders[i] ?? "").toLowerCase()] = rawHeaders[i + 1] ?? "";
  }
  return { rawHeaders, headers, httpVersion } as unknown as IncomingMessage;
};

for (const [fields, fault] of [
  [["Host", "a"], undefined],
  [["host", "a", "Content-Length", "10"], undefined],
  [["Host", "a", "Transfer-Encoding", "Chunked"], undefined],
  [[], "no Host"],
  [["Host", ""], "no Host"],
  [["Host", "a", "HOST", "a"], "more than one Host"],
  [["Host", "a", "Content-Length", "1", "content-length", "1"], "more than one Content-Length"],
  [["Host", "a", "Content-Length", "1, 1"], "a Content-Length that is no number"],
  [["Host", "a", "Content-Length", "0x1"], "a Content-Length that is no number"],
  [["Host", "a", "Content-Length", ""], "a Content-Length that is no number"],
  [["Host", "a", "Content-Length", "1".repeat(16)], "a Content-Length that is no number"],
  [["Host", "a", "Transfer-Encoding", "gzip, chunked"], "a Transfer-Encoding other than chunked"],
  [["Host", "a", "Transfer-Encoding", ""], "a Transfer-Encoding other than chunked"],
  [
    ["Host", "a", "Transfer-Encoding", "chunked", "transfer-encoding", "chunked"],
    "a Transfer-Encoding other than chunked",
  ],
  [["Host", "a", "Transfer-Encoding", "chunked", "Content-Length", "1"], "an ambiguous length"],
  [["Host", "a", ...Array.from({ length: 400 }, () => "x")], "too many header fields"],
] as const) {
  t.test(`${fields.slice(0, 6).join(" ")}: ${fault ?? "fine"}`, async (t) => {
    t.equal(framingFault(request([...fields])), fault);
  });
}

t.test("HTTP/1.0 knows no chunks", async (t) => {
  const old = request(["Host", "a", "Transfer-Encoding", "chunked"], "1.0");
  t.equal(framingFault(old), "an ambiguous length");
});

t.test("a length or chunks announce a body, a length of nothing does not", async (t) => {
  t.equal(hasBody(request(["Transfer-Encoding", "chunked"])), true);
  t.equal(hasBody(request(["Content-Length", "1"])), true);
  t.equal(hasBody(request(["Content-Length", "0"])), false);
  t.equal(hasBody(request([])), false);
});
