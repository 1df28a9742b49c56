/** What visitors may send, and what an origin then gets: each case of `requests/`, against the listener. */
import { conformance } from "./conformance.ts";
import { chunks } from "./requests/chunks.ts";
import { connection } from "./requests/connection.ts";
import { contentLength } from "./requests/content-length.ts";
import { expectation } from "./requests/expect.ts";
import { fieldLines } from "./requests/field-lines.ts";
import { hopByHop } from "./requests/hop-by-hop.ts";
import { host } from "./requests/host.ts";
import { limits } from "./requests/limits.ts";
import { requestLine } from "./requests/request-line.ts";
import { target } from "./requests/target.ts";
import { transferEncoding } from "./requests/transfer-encoding.ts";

await conformance({
  "request line": requestLine,
  target,
  Host: host,
  "field lines": fieldLines,
  "Content-Length": contentLength,
  "Transfer-Encoding": transferEncoding,
  chunks,
  "fields of one hop": hopByHop,
  Expect: expectation,
  connection,
  limits,
});
