import t from "tap";
import { hashPassword, verifyPassword } from "./password.ts";

t.test("the right password fits, others do not, and salts differ", async (t) => {
  const [one, two] = await Promise.all([hashPassword("espresso"), hashPassword("espresso")]);
  t.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  t.not(one, two);
  t.ok(await verifyPassword("espresso", one));
  t.notOk(await verifyPassword("Espresso", one));
  t.notOk(await verifyPassword("", one));
});

t.test("a hash made elsewhere is understood", async (t) => {
  // Made by the reference implementation's `argon2` program: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1
  const phc =
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  t.ok(await verifyPassword("password", phc));
  t.notOk(await verifyPassword("passwort", phc));
});

t.test("what is no argon2id hash fits no password", async (t) => {
  for (const phc of ["", "secret", "$2b$10$abc", "$argon2id$v=19$m=99999999999,t=1,p=1$YWFh$YmJi"])
    t.notOk(await verifyPassword("secret", phc), phc);
});
