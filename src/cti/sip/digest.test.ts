import t from "tap";
import { answerChallenge, chooseChallenge } from "./digest.ts";

const credentials = { user: "Mufasa", password: "Circle of Life" };
const request = { method: "GET", uri: "/dir/index.html" };
const nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
const offer = (algorithm: string) =>
  `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${nonce}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;
const answer = (challenge: string, clientNonce: string) => {
  const chosen = chooseChallenge([challenge]);
  return chosen && answerChallenge(chosen, credentials, request, 1, clientNonce);
};

t.test("the examples of RFC 7616, section 3.9.1", async (t) => {
  const clientNonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
  t.match(answer(offer("MD5"), clientNonce), 'response="8ca523f5e9506fed4657c9700eebdbec"');
  t.match(
    answer(offer("SHA-256"), clientNonce),
    'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"',
  );
  t.match(
    answer(offer("SHA-256"), clientNonce),
    /algorithm=SHA-256, opaque=.*qop=auth, nc=00000001/,
  );
});

t.test("RFC 2069's example, as its erratum 749 has it", async (t) => {
  const chosen = chooseChallenge([
    'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"',
  ]);
  t.match(
    chosen && answerChallenge(chosen, { ...credentials, password: "CircleOfLife" }, request, 1),
    /response="1949323746fe6a43ef61f9606e7febea", algorithm=MD5$/,
  );
});

t.test("the first that we know counts (RFC 8760, section 2.3)", async (t) => {
  t.equal(
    chooseChallenge([offer("SHA-999"), offer("SHA-256"), offer("MD5")])?.algorithm,
    "SHA-256",
  );
  t.equal(chooseChallenge([offer("SHA-512-256")])?.algorithm, "SHA-512-256");
  t.equal(
    chooseChallenge(['Basic realm="x"', offer("MD5").replace("auth, auth-int", "auth-int")]),
    undefined,
  );
  t.equal(chooseChallenge([`${offer("MD5")}, stale=TRUE`])?.stale, true);
});
