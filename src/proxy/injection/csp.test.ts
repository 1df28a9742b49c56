import t from "tap";
import { fitPolicies } from "./csp.ts";

const additions = (origin: string) => ({
  script: new URL("/.warmline/loader.js", origin),
  connect: new URL("/.warmline/events", origin),
  style: new URL("/.warmline/card.css", origin),
  form: new URL("/.warmline/answer", origin),
});
const fit = (
  enforced: readonly string[],
  origin = "http://shop.example",
  reportOnly: readonly string[] = [],
) => fitPolicies({ enforced, reportOnly }, additions(origin), "FRESH");
const NONCE = "'nonce-FRESH'";
const LOADER = "http://shop.example/.warmline/loader.js";

/** Policies that let the loader run as they are, and some that never do. */
const scripts: readonly (readonly [policy: string, runs: boolean])[] = [
  ["", true],
  ["img-src 'none'", true],
  ["default-src 'self'", true],
  ["default-src 'SELF'; Script-Src 'Self'", true],
  ["script-src 'self'", true],
  ["script-src 'self' 'nonce-x'", true],
  ["default-src 'none'; script-src 'self'; connect-src 'self'", true],
  ["default-src 'none'; script-src 'self'", false],
  ["script-src 'self'; connect-src https://api.example", false],
  ["script-src 'none'", false],
  ["script-src", false],
  ["script-src 'none' 'self'", true],
  ["script-src https://cdn.example", false],
  ["script-src 'self'; script-src-elem 'none'", false],
  ["script-src-elem 'self'; script-src 'none'", true],
  ["script-src 'none'; script-src 'self'", false],
  ["script-src *", true],
  ["script-src http:", true],
  ["script-src https:", false],
  ["script-src data:", false],
  ["script-src shop.example", true],
  ["script-src SHOP.example", true],
  ["script-src http://shop.example", true],
  ["script-src https://shop.example", false],
  ["script-src shop.example:80", true],
  ["script-src shop.example:8080", false],
  ["script-src shop.example:*", true],
  ["script-src *.example", true],
  ["script-src *.shop.example", false],
  ["script-src notshop.example", false],
  ["script-src shop.example.evil", false],
  ["script-src http://*", true],
  ["script-src shop.example/.warmline/", true],
  ["script-src shop.example/.warmline", false],
  ["script-src shop.example/%2Ewarmline/loader.js", true],
  ["script-src shop.example/js/", false],
  ["script-src shop.example/%zz", false],
  ["script-src 'unsafe-eval'", false],
  ["script-src 'strict-dynamic' 'unsafe-inline' 'self'", false],
  ["require-trusted-types-for 'script'; trusted-types 'none'", true],
  ["script-src 'self'; require-trusted-types-for 'script'", true],
  ["script-src 'self' 'report-sample'; report-to x; upgrade-insecure-requests", true],
  ["script-src-attr 'none'; base-uri 'none'; frame-ancestors 'none'", true],
  ["script-src 'self' 'unsafe-hashes' 'sha256-abc='", true],
  ["default-src 'none'; script-src-elem 'self'; connect-src 'self'", true],
  ["default-src *; connect-src 'none'", false],
  ["script-src 'unsafe-inline' 'strict-dynamic'", false],
  ["sandbox", false],
  ["sandbox allow-scripts", false],
  ["sandbox allow-scripts allow-same-origin", true],
];
for (const [policy, runs] of scripts) {
  t.test(`${policy || "no policy"}: ${runs ? "as it is" : "never"}`, async (t) => {
    const { script, nonce, policies } = fit(policy === "" ? [] : [policy]);
    t.equal(script, runs);
    t.equal(nonce, false);
    t.same(policies.enforced, policy === "" ? [] : [policy]);
  });
}

t.test("ports and schemes of an https page", async (t) => {
  const at = (policy: string, origin: string) => fit([`script-src ${policy}`], origin).script;
  t.equal(at("https://a.example", "https://a.example"), true);
  t.equal(at("http://a.example:80", "https://a.example"), true);
  t.equal(at("a.example", "https://a.example:8443"), false);
  t.equal(at("a.example:8443", "https://a.example:8443"), true);
  t.equal(at("127.0.0.1:*", "http://127.0.0.1:81"), true);
  t.equal(at("10.0.0.1:*", "http://10.0.0.1:81"), false);
});

/** Policies to which one source is added. */
const edits: readonly (readonly [policy: string, to: string, nonce: boolean])[] = [
  ["script-src 'nonce-x'", `script-src 'nonce-x' ${NONCE}`, true],
  [
    "img-src a ;script-src  'sha256-abc=' ; report-uri /r",
    `img-src a ;script-src  'sha256-abc=' ${NONCE}; report-uri /r`,
    true,
  ],
  ["script-src 'self' 'strict-dynamic'", `script-src 'self' 'strict-dynamic' ${NONCE}`, true],
  [
    "script-src 'nonce-x' 'strict-dynamic' 'unsafe-inline' https:",
    `script-src 'nonce-x' 'strict-dynamic' 'unsafe-inline' https: ${NONCE}`,
    true,
  ],
  ["default-src 'nonce-x'; connect-src *", `default-src 'nonce-x' ${NONCE}; connect-src *`, true],
  ["script-src 'unsafe-inline'", `script-src 'unsafe-inline' ${LOADER}`, false],
];
for (const [policy, to, nonce] of edits) {
  t.test(`${policy}: one source more`, async (t) => {
    const found = fit([policy]);
    t.equal(found.script, true);
    t.equal(found.nonce, nonce);
    t.same(found.policies.enforced, [to]);
    t.equal(fit(found.policies.enforced).script, true, "what was added is enough");
  });
}

t.test("several policies intersect, in several headers or one", async (t) => {
  t.equal(fit(["script-src 'self'", "script-src 'none'"]).script, false);
  t.equal(fit(["script-src 'self', script-src 'none'"]).script, false);
  const two = fit(["script-src 'self', script-src 'nonce-a'; img-src b", "default-src 'self'"]);
  t.same(two.policies.enforced, [
    `script-src 'self', script-src 'nonce-a' ${NONCE}; img-src b`,
    "default-src 'self'",
  ]);
  t.equal(two.nonce, true);
  const mixed = fit(["script-src 'nonce-a'", "script-src 'none'"]);
  t.same(mixed.policies.enforced, ["script-src 'nonce-a'", "script-src 'none'"], "left alone");
});

t.test("what only reports is edited alike and decides nothing", async (t) => {
  const found = fit([], "http://shop.example", ["script-src 'nonce-a'", "script-src 'none'"]);
  t.equal(found.script, true);
  t.equal(found.nonce, true, "so that nothing is reported");
  t.same(found.policies.reportOnly, [`script-src 'nonce-a' ${NONCE}`, "script-src 'none'"]);
});

t.test("forms and styles", async (t) => {
  const { form, style } = fit(["script-src 'none'"]);
  t.same([form, style], [true, true]);
  t.equal(fit(["form-action https://pay.example"]).form, false);
  t.equal(fit(["form-action 'self'"]).form, true);
  t.equal(fit(["default-src 'none'"]).form, true, "default-src is not about forms");
  t.equal(fit(["sandbox allow-scripts"]).form, false);
  t.equal(fit(["sandbox allow-forms"]).form, true);
  t.equal(fit(["default-src 'none'"]).style, false);
  t.equal(fit(["style-src 'self'; default-src 'none'"]).style, true);
  t.equal(fit(["style-src 'self'; style-src-elem 'none'"]).style, false);
});
