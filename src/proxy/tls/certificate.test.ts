import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { type Certificate, readCertificate } from "./certificate.ts";
import { certificatesBy } from "./choose.ts";
import { selfSigned } from "./self-signed.ts";

const directory = mkdtempSync(join(tmpdir(), "certificates-"));
t.teardown(() => rmSync(directory, { recursive: true }));
const at = (name: string) => join(directory, name);
const now = Date.UTC(2026, 5, 1);
const day = 86_400_000;

function openssl(...args: string[]): void {
  const done = spawnSync("openssl", args, { cwd: directory, encoding: "utf8" });
  if (done.status !== 0) throw new Error(done.stderr || String(done.error));
}

/** A certificate made by the field's own tool. */
function issue(name: string, names: string): void {
  openssl(
    ..."req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 30 -subj /CN=x".split(
      " ",
    ),
    "-addext",
    `subjectAltName=${names}`,
    "-keyout",
    `${name}.key`,
    "-out",
    `${name}.pem`,
  );
}

function read(cert: string, key = cert): Certificate | string {
  return readCertificate({ cert: at(`${cert}.pem`), key: at(`${key}.key`) }, "TLSv1.2");
}

issue("shop", "DNS:Shop.example,DNS:*.shop.example,IP:192.0.2.1,IP:2001:db8::1");
issue("other", "DNS:other.example");

t.test("a certificate with its key", (t) => {
  const certificate = read("shop");
  t.match(certificate, {
    file: at("shop.pem"),
    names: ["shop.example", "*.shop.example", "192.0.2.1", "2001:db8::1"],
  });
  if (typeof certificate === "string") throw new Error(certificate);
  t.ok(certificate.notBeforeMs <= Date.now() && certificate.notAfterMs > Date.now() + 29 * day);
  t.end();
});

t.test("PKCS #12, new and old, of elliptic curves and of RSA", (t) => {
  openssl(
    ..."req -x509 -nodes -newkey rsa:2048 -days 30 -subj /CN=x -addext subjectAltName=DNS:rsa.example -keyout rsa.key -out rsa.pem".split(
      " ",
    ),
  );
  const legacy = "-certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1".split(" ");
  for (const [name, more] of [
    ["shop", []],
    ["rsa", []],
    ["rsa", legacy],
  ] as const) {
    openssl(
      ..."pkcs12 -export -passout pass:secret -out x.p12 -certfile other.pem".split(" "),
      "-inkey",
      `${name}.key`,
      "-in",
      `${name}.pem`,
      ...more,
    );
    const certificate = readCertificate({ pkcs12: at("x.p12"), passphrase: "secret" }, "TLSv1.2");
    t.match(certificate, { names: [`${name}.example`] }, `${name} ${more.join(" ")}`);
    t.match(certificate, { pem: { cert: /(BEGIN CERTIFICATE[^]*){2}/ } }, "with its chain");
  }
  const wrong = readCertificate({ pkcs12: at("x.p12"), passphrase: "guess" }, "TLSv1.2");
  t.equal(wrong, `${at("x.p12")}: the passphrase is wrong`);
  t.match(
    readCertificate({ pkcs12: at("shop.pem"), passphrase: "" }, "TLSv1.2"),
    /this is no PKCS #12 file/,
  );
  openssl(..."pkcs12 -export -nokeys -passout pass: -out nokey.p12 -in shop.pem".split(" "));
  t.match(
    readCertificate({ pkcs12: at("nokey.p12"), passphrase: "" }, "TLSv1.2"),
    /no private key/,
  );
  t.end();
});

t.test("files that cannot be used: which, why, and what to do", (t) => {
  t.equal(read("nowhere"), `${at("nowhere.pem")}: there is no such file`);
  t.match(
    read("shop", "other"),
    /other\.key: this is not the key of the certificate in .*shop\.pem; in a chain/,
  );
  writeFileSync(at("empty.pem"), "");
  t.match(read("empty", "shop"), /empty\.pem: there is no certificate in it; it must be PEM/);
  const half = readFileSync(at("shop.pem"), "utf8").slice(0, 300);
  writeFileSync(at("half.pem"), `${half}\n-----END CERTIFICATE-----\n`);
  t.match(read("half", "shop"), /half\.pem: the certificate is broken \(.*\); copy the file again/);
  writeFileSync(at("nokey.key"), "");
  t.match(read("shop", "nokey"), /nokey\.key: there is no private key in it/);
  openssl(..."pkey -aes256 -passout pass:x -in shop.key -out sealed.key".split(" "));
  t.match(read("shop", "sealed"), /sealed\.key: the key is encrypted; .*openssl pkey/);
  t.match(
    readCertificate({ cert: directory, key: directory }, "TLSv1.2"),
    /cannot be read \(EISDIR/,
  );
  if (process.getuid?.() !== 0) {
    chmodSync(at("other.key"), 0);
    t.match(read("other"), /other\.key: this user may not read it/);
  }
  openssl(
    ..."req -x509 -nodes -newkey rsa:1024 -days 3 -subj /CN=x -keyout weak.key -out weak.pem".split(
      " ",
    ),
  );
  t.match(read("weak"), /weak\.pem: cannot be used for TLS \(.*key too small/);
  t.end();
});

t.test("a host gets its own certificate: exact before wildcard, the first of several", (t) => {
  issue("exact", "DNS:www.shop.example,DNS:other.example");
  const all = ["shop", "exact", "other"]
    .map((name) => read(name))
    .filter((c) => typeof c !== "string");
  const [first, ...others] = all;
  if (!first) throw new Error("no certificate");
  const by = certificatesBy([first, ...others]);
  const fileOf = (host: string) => by.of(host)?.file.replace(/.*\/|\.pem/g, "");
  t.equal(fileOf("SHOP.example"), "shop");
  t.equal(fileOf("a.shop.example"), "shop");
  t.equal(fileOf("www.shop.example"), "exact");
  t.equal(fileOf("other.example"), "exact");
  t.equal(fileOf("[2001:DB8:0::1]"), "shop");
  t.equal(fileOf("a.b.shop.example"), undefined, "a wildcard stands for one label");
  t.equal(fileOf("example"), undefined);
  t.equal(by.first, first);
  t.end();
});

t.test("a certificate of our own is kept, until it is nearly over or for other hosts", (t) => {
  const file = at("self.pem");
  const first = selfSigned(file, ["shop.example", "[::1]", "127.0.0.1"], "TLSv1.2", now);
  t.same(first.names, ["shop.example", "::1", "127.0.0.1"]);
  t.equal(statSync(file).mode & 0o777, 0o600);
  const again = (hosts: string[], nowMs: number) =>
    selfSigned(file, hosts, "TLSv1.2", nowMs).pem.cert;
  t.equal(again(["127.0.0.1", "::1"], now + 300 * day), first.pem.cert, "kept");
  const renewed = again(["shop.example"], now + 340 * day);
  t.not(renewed, first.pem.cert, "nearly over");
  t.not(again(["new.example"], now + 340 * day), renewed, "another host");
  writeFileSync(file, "not a certificate");
  t.match(again(["shop.example"], now), /BEGIN CERTIFICATE/, "a broken one is made anew");
  t.throws(() => selfSigned(at("no/such/directory.pem"), ["a"], "TLSv1.2", now), {
    code: "ENOENT",
  });
  t.end();
});
