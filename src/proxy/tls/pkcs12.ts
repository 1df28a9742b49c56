import { createPrivateKey, X509Certificate } from "node:crypto";
import forge from "node-forge";

/** What a PKCS #12 file (RFC 7292) holds, as PEM: the chain with the key's own certificate first. A text when it cannot be read. */
export function readPkcs12(
  bytes: Buffer,
  passphrase: string,
): { readonly chain: string; readonly key: string } | string {
  const { asn1, pkcs12, pki } = forge;
  let opened: forge.pkcs12.Pkcs12Pfx;
  try {
    opened = pkcs12.pkcs12FromAsn1(asn1.fromDer(bytes.toString("latin1")), passphrase);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return /password|MAC/i.test(why)
      ? "the passphrase is wrong"
      : `this is no PKCS #12 file (${why}); make one with "openssl pkcs12 -export"`;
  }
  const bags = (type: string | undefined) =>
    type === undefined ? [] : (opened.getBags({ bagType: type })[type] ?? []);
  const [keyBag] = [...bags(pki.oids["pkcs8ShroudedKeyBag"]), ...bags(pki.oids["keyBag"])];
  if (!keyBag) return "there is no private key in it";
  // Keys and certificates of elliptic curves are left as they are by this library.
  const keyAsn1 = keyBag.key
    ? pki.wrapRsaPrivateKey(pki.privateKeyToAsn1(keyBag.key))
    : keyBag.asn1;
  const key = createPrivateKey({ key: der(keyAsn1), format: "der", type: "pkcs8" });
  const certificates = bags(pki.oids["certBag"]).map(
    (bag) => new X509Certificate(der(bag.cert ? pki.certificateToAsn1(bag.cert) : bag.asn1)),
  );
  const own = certificates.findIndex((c) => c.checkPrivateKey(key));
  if (own < 0) return "there is no certificate of the private key in it";
  const chain = [...certificates.splice(own, 1), ...certificates].map(String).join("");
  return { chain, key: key.export({ format: "pem", type: "pkcs8" }) as string };
}

function der(value: forge.asn1.Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(value).getBytes(), "latin1");
}
