import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { selfSigned } from "../../src/proxy/tls/self-signed.ts";
import { asterisk, debianPackages, inTree, moduleFolder } from "../../scripts/debian.mjs";
import { type Child, startChild } from "./child.ts";
import { hears, VOICES } from "./ears.ts";
import { takePorts } from "./ports.ts";
import { ulawTone } from "./tone.ts";

/** Who is consulted; all other telephones are those of agents. */
const THIRD = "102";

/** The exchange knows these telephones; those that are not started are not registered. */
const TELEPHONES = ["101", "102", "103", "002", "404", "408", "480", "486", "503", "603"];
const TEMPLATES = new URL("asterisk/", import.meta.url);
const SCENARIOS = new URL("phones/", import.meta.url);
const TRUNK_ADDRESS = "127.0.0.2";
const BOOT_LIMIT_MS = 30_000;
/** What the scenarios log, and nothing else. */
const NOTES = ["-trace_logs", "-log_file", "notes"];

/** A real Asterisk of a test's own, on loopback, with telephones made of SIPp. */
export interface Exchange extends AsyncDisposable {
  readonly ari: { readonly url: string; readonly user: string; readonly password: string };
  /** Starts an agent's telephone and registers it. Ends with the exchange. */
  phone(telephone: string): Promise<void>;
  /** Lifts the receiver of a telephone without dialling: it calls the warm line, 8000 unless told otherwise. */
  lift(telephone: string, warmLine?: string): void;
  /** What a SIP user agent needs that has this exchange for its trunk. */
  readonly trunk: {
    /** UDP and TCP. */
    readonly port: number;
    /** TLS. */
    readonly securePort: number;
    /** PEM, signed by itself. */
    readonly certificate: string;
    readonly user: string;
    readonly password: string;
  };
  /** The media that says that a call cannot be taken, and the one that says that nobody is free. */
  readonly refusal: string;
  readonly nobodyFree: string;
  /** Starts the public network: it has every number, and answers as `phones/phone.xml` says. */
  carrier(): Promise<void>;
  /** Ends the exchange at once, as a power cut would. Its telephones stay. */
  crash(): Promise<void>;
  /** Starts it again; the telephones must register again. */
  boot(): Promise<void>;
  /** One request over ARI, past the driver under test. */
  request(method: string, path: string, query?: Record<string, string>): Promise<Response>;
  /** Which of the voices a channel is sent. */
  hears(channelId: string): Promise<string[]>;
  /** Channels and bridges that exist, by id. */
  leftOver(): Promise<string[]>;
  /** What a telephone (`carrier`: the public network's) has noted of its calls so far, a line each. */
  notes(telephone: string): string;
}

/** Starts an exchange that serves one ARI application; fetches what is missing first. */
export async function startExchange(application: string): Promise<Exchange> {
  debianPackages(["sip-tester"]);
  const root = await asterisk();
  await using start = new AsyncDisposableStack();
  const ports = start.use(await takePorts());
  const run = mkdtempSync(join(tmpdir(), "warmline-exchange-"));
  start.defer(() => rmSync(run, { recursive: true, force: true }));
  const [user, password] = ["warmline", randomBytes(12).toString("hex")];
  render(run, {
    ROOT: root,
    MODULES: moduleFolder(root),
    RUN: run,
    USER: user,
    PASSWORD: password,
    APPLICATION: application,
    HTTP_PORT: String(ports.http),
    SIP_PORT: String(ports.sip),
    SIPS_PORT: String(ports.sips),
    RTP_FROM: String(ports.rtp.from),
    RTP_TO: String(ports.rtp.to),
    TRUNK_ADDRESS,
    TRUNK_PORT: String(ports.trunk),
  });
  const identity = join(run, "trunk.pem");
  selfSigned(identity, ["localhost", "127.0.0.1"], "TLSv1.2", Date.now());
  const children = start.use(new AsyncDisposableStack());
  const ari = { url: `http://127.0.0.1:${ports.http}/ari`, user, password };
  const program = inTree(root, "/usr/sbin/asterisk");
  const configuration = ["-C", join(run, "etc/asterisk.conf")];
  let running: Child | undefined;

  async function boot(): Promise<void> {
    const console = join(run, "log/console");
    rmSync(join(run, "log/messages"), { force: true });
    const child = startChild([...program, "-f", ...configuration], { cwd: run, output: console });
    running = children.use(child);
    const [command, ...args] = [...program, ...configuration, "-rx", "core waitfullybooted"];
    for (let waitedMs = 0; waitedMs < BOOT_LIMIT_MS && child.running; waitedMs += 100) {
      const { stdout } = spawnSync(command, args, { encoding: "utf8" });
      if (stdout.includes("fully booted")) break;
      await sleep(100);
    }
    const messages = readFileSync(join(run, "log/messages"), "utf8");
    const errors = messages.split("\n").filter((line) => line.includes("ERROR"));
    if (child.running && errors.length === 0) return;
    const output = readFileSync(console, "utf8");
    throw new Error(`Asterisk did not start well:\n${errors.join("\n")}\n${output}`);
  }

  async function request(method: string, path: string, query: Record<string, string> = {}) {
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    const target = `${ari.url}${path}?${new URLSearchParams(query).toString()}`;
    return await fetch(target, { method, headers: { authorization } });
  }

  /** A telephone's process, with its own folder and voice. */
  function sipp(name: string, address: string, port: number, voice: number, args: string[]): Child {
    const cwd = join(run, "phones", name);
    mkdirSync(cwd, { recursive: true });
    writeFileSync(join(cwd, "voice.ulaw"), ulawTone(voice, 4));
    writeFileSync(join(cwd, "third.ulaw"), ulawTone(VOICES.third, 4));
    const own = ["-i", address, "-mi", address, "-p", String(port), "-nostdin", "-aa", ...NOTES];
    const command = ["sipp", `127.0.0.1:${ports.sip}`, ...own, "-ap", password];
    return children.use(startChild([...command, ...args], { cwd, output: join(cwd, "screen") }));
  }

  for (const name of ["refusal", "nobody_free"] as const)
    writeFileSync(join(run, `${name}.ulaw`), ulawTone(VOICES[name], 4));
  mkdirSync(join(run, "music"));
  writeFileSync(join(run, "music/music.ulaw"), ulawTone(VOICES.music, 30));
  mkdirSync(join(run, "silence"));
  writeFileSync(join(run, "silence/silence.ulaw"), new Uint8Array(8_000).fill(0xff));
  const voiceOf = (telephone: string) => (telephone === THIRD ? VOICES.third : VOICES.agent);
  let lifted = 0;
  const scenario = (name: string) => ["-sf", new URL(name, SCENARIOS).pathname];
  await boot();
  const all = start.move();
  return {
    ari,
    async phone(telephone) {
      const port = ports.next();
      const register = [...scenario("register.xml"), "-s", telephone, "-m", "1"];
      const status = await sipp(telephone, "127.0.0.1", port, voiceOf(telephone), register).ended;
      if (status !== 0) throw new Error(`telephone ${telephone} was not registered (${status})`);
      sipp(telephone, "127.0.0.1", port, voiceOf(telephone), scenario("phone.xml"));
    },
    trunk: {
      port: ports.sip,
      securePort: ports.sips,
      certificate:
        /-----BEGIN CERT[^]*?END CERTIFICATE-----/.exec(readFileSync(identity, "utf8"))?.[0] ?? "",
      user: "sip-user",
      password,
    },
    lift(telephone, warmLine = "8000") {
      const args = [
        ...scenario("lift.xml"),
        "-s",
        telephone,
        "-key",
        "warmline",
        warmLine,
        "-m",
        "1",
      ];
      sipp(`lift-${++lifted}`, "127.0.0.1", ports.next(), voiceOf(telephone), args);
    },
    refusal: `sound:${join(run, "refusal")}`,
    nobodyFree: `sound:${join(run, "nobody_free")}`,
    async carrier() {
      sipp("carrier", TRUNK_ADDRESS, ports.trunk, VOICES.visitor, scenario("phone.xml"));
    },
    async crash() {
      await running?.[Symbol.asyncDispose]();
    },
    boot,
    request,
    hears: (channelId) => hears({ ari, request }, channelId),
    async leftOver() {
      const lists = await Promise.all([request("GET", "/channels"), request("GET", "/bridges")]);
      const bodies = (await Promise.all(lists.map((list) => list.json()))) as { id: string }[][];
      return bodies.flat().map((one) => one.id);
    },
    notes: (telephone) => readFileSync(join(run, "phones", telephone, "notes"), "utf8"),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Fills in the words between @ signs. */
function render(run: string, words: Readonly<Record<string, string>>): void {
  const folders = [
    "etc",
    "lib/keys",
    "agi",
    "spool/recording",
    "spool/tmp",
    "run",
    "log",
    "phones",
  ];
  for (const folder of folders) mkdirSync(join(run, folder), { recursive: true });
  const options = { mode: 0o600 };
  for (const name of readdirSync(TEMPLATES)) {
    const template = readFileSync(new URL(name, TEMPLATES), "utf8");
    const filled = template.replace(/@([A-Z_]+)@/g, (whole, word: string) => words[word] ?? whole);
    writeFileSync(join(run, "etc", name), filled, options);
  }
  const agents = TELEPHONES.map(
    (n) =>
      `[${n}](phone)\nauth = ${n}\naors = ${n}\n[${n}](phone-auth)\nusername = ${n}\n[${n}](phone-aor)\n`,
  );
  writeFileSync(join(run, "etc/agents.conf"), agents.join("\n"), options);
}
