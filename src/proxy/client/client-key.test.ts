import t from "tap";
import { clientKey } from "./client-key.ts";

t.test("an IPv6 client is counted by its network", (t) => {
  const cases: Readonly<Record<string, string>> = {
    "192.0.2.1": "192.0.2.1",
    "2001:db8:1:2:3:4:5:6": "2001:db8:1:2",
    "2001:db8:1:2::6": "2001:db8:1:2",
    "2001:db8::6": "2001:db8:0:0",
    "2001:db8::1:2:3:4:6": "2001:db8:0:1",
    "2001:db8:1:2:3::": "2001:db8:1:2",
    "::1": "0:0:0:0",
    "::": "0:0:0:0",
    "": "",
  };
  for (const [address, key] of Object.entries(cases)) t.equal(clientKey(address), key, address);
  t.end();
});
