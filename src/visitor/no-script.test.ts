import t from "tap";
import { answerPage, chatPage, errorPage, invitationForm, unavailablePage } from "./no-script.ts";
import type { ContactCard, InvitationCard } from "./protocol.ts";

const ATTACK = `"><script>alert(1)</script>'&\u2028<img src=x onerror=alert(2)>`;

const card: InvitationCard = {
  id: "inv-1",
  offer: "contact",
  heading: "Hello, my name is Zoë",
  text: "Can I help?\n\nI am here – until 18:00.",
  choices: ["phone", "chat", "none"],
};
const chat: ContactCard = {
  interactionId: "c 1",
  kind: "chat",
  chat: true,
  state: "active",
  agent: "Zoë",
  messages: [],
};
const harmless = /<script|<img|"[^"=<>]*'|onerror=[^&]*"/;

t.test("the form has the fields of the protocol, the way out first", (t) => {
  const html = invitationForm(card, { reservedPath: "/.warmline/", back: "/shop/?a=1&b=2" });
  t.match(html, /^<noscript><link rel="stylesheet" href="\/\.warmline\/card\.css">/);
  t.match(html, '<form method="post" action="/.warmline/answer">');
  t.match(html, 'name="invitation" value="inv-1"');
  t.match(html, 'name="back" value="/shop/?a=1&amp;b=2"');
  t.notMatch(invitationForm(card, { reservedPath: "/.warmline/" }), 'name="back"');
  const order = [...html.matchAll(/name="choice" value="(\w+)"/g)].map((m) => m[1]);
  t.same(order, ["none", "chat", "phone"]);
  t.match(html, 'name="number"');
  t.notMatch(html, 'name="date"');
  t.end();
});

t.test("a callback has date, time, topic and the hours; known facts are filled in", (t) => {
  const html = invitationForm(
    {
      ...card,
      offer: "callback_out_of_hours",
      choices: ["callback", "none"],
      number: "+41441234567",
      name: "Jane",
      hours: "8 am - 11 pm every day",
    },
    { reservedPath: "/.warmline/" },
  );
  for (const name of ["number", "name", "date", "time", "topic"]) t.match(html, `name="${name}"`);
  t.match(html, 'value="+41441234567"');
  t.match(html, 'value="Jane"');
  t.match(html, "8 am - 11 pm every day");
  t.end();
});

t.test("everything is ASCII, and read as what it was", (t) => {
  const pages = [
    invitationForm(card, { reservedPath: "/.warmline/" }),
    chatPage({ card: chat, reservedPath: "/.warmline/", back: "/" }),
  ];
  // eslint-disable-next-line no-control-regex -- ASCII is what is tested
  for (const html of pages) t.match(html, /^[\x09\x0a\x20-\x7e]*$/);
  t.match(pages[0], "Hello, my name is Zo&#235;");
  t.match(answerPage({ heading: "😀\u0000\ud800", text: "" }), "&#128512;&#xfffd;&#xfffd;");
  t.end();
});

t.test("nothing a visitor or an agent writes becomes markup", (t) => {
  const evil = {
    ...card,
    id: ATTACK,
    heading: ATTACK,
    text: ATTACK,
    number: ATTACK,
    name: ATTACK,
    hours: ATTACK,
  };
  const pages = [
    invitationForm(evil, { reservedPath: ATTACK, back: ATTACK }),
    answerPage({ heading: ATTACK, text: ATTACK, back: ATTACK }),
    errorPage({
      message: ATTACK,
      back: ATTACK,
      form: { card: evil, values: { topic: ATTACK, date: ATTACK } },
    }),
    unavailablePage({ back: ATTACK }),
    chatPage({
      card: {
        ...chat,
        interactionId: ATTACK,
        agent: ATTACK,
        messages: [{ number: 1, interactionId: "1", from: "visitor", text: ATTACK, atMs: 0 }],
      },
      reservedPath: "/.warmline/",
      back: ATTACK,
    }),
  ];
  for (const html of pages) t.notMatch(html, harmless);
  t.end();
});

t.test("the way back never leaves the site", (t) => {
  for (const back of [
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "https://evil.example",
    "/\t/evil",
  ])
    t.match(answerPage({ heading: "x", text: "y", back }), '<a href="/">');
  t.match(answerPage({ heading: "x", text: "y", back: "/a/b?c" }), '<a href="/a/b?c">');
  t.end();
});

t.test("a form to be mended keeps what was typed and marks the field", (t) => {
  const html = errorPage({
    message: "This number is too short.",
    back: "/",
    form: { card, values: { choice: "phone", number: "12" }, field: "number" },
  });
  t.match(html, 'role="alert">This number is too short.');
  t.match(html, 'value="phone" required checked');
  t.match(html, /name="number"[^>]* value="12" aria-invalid="true"/);
  t.end();
});

t.test("the chat renews itself only while nothing can be typed", (t) => {
  const page = (state: ContactCard["state"]) =>
    chatPage({ card: { ...chat, state }, reservedPath: "/.warmline/", back: "/" });
  t.match(page("waiting"), 'http-equiv="refresh"');
  t.notMatch(page("waiting"), "<textarea");
  t.notMatch(page("active"), 'http-equiv="refresh"');
  t.match(page("active"), "<textarea");
  t.match(page("active"), 'href="/.warmline/chat?interaction=c%201#end"');
  t.notMatch(page("over"), "<textarea");
  t.match(page("over"), "This chat is over.");
  t.end();
});
