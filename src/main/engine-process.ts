import { randomBytes } from "node:crypto";
import { constants, getPriority, setPriority } from "node:os";
import { type Analysis, type AnalysisRules, createAnalysis } from "../analysis/analysis.ts";
import { consentNotes } from "../config/consent.ts";
import type { Config } from "../config/schema.ts";
import { createBrowserPhones } from "../cti/browser-phones.ts";
import { iceServers } from "../cti/ice-servers.ts";
import { createPacings } from "../cti/dialler/pacings.ts";
import { LONGEST_WINDOW_MS } from "../cti/jurisdictions.ts";
import { createTelephony } from "../cti/telephony.ts";
import { createDesk, type Desk } from "../desk/desk.ts";
import type { DirectoryEntries } from "../desk/directory.ts";
import { serveDesk } from "../desk/http.ts";
import { serveVisitors } from "../desk/visitor-http.ts";
import type { Call } from "../model/call.ts";
import { type Clock, systemClock } from "../model/clock.ts";
import { createLog } from "../oam/log.ts";
import {
  analysisMetrics,
  createRegistry,
  ctiMetrics,
  deskMetrics,
  dialMetrics,
} from "../oam/metrics.ts";
import { listenForOperator } from "../oam/operator-socket.ts";
import { listenForEdges } from "../proxy/link/server.ts";
import { openStore } from "../store/open.ts";
import { connectSwitch } from "./connect-switch.ts";
import { explainListenError } from "./lifetime.ts";
import { nextPagesOver, toCookie, visitsOver } from "./link-ports.ts";
import { builtFiles, preparePaths } from "./paths.ts";
import { serveProcess } from "./serve-process.ts";
import { callRulesOf, campaignsOf, jurisdictionsOf, sitesOf } from "./sites.ts";
import { version } from "./version.ts";

/** How much less than a gateway's other processes the engine is preferred (nice(2)). */
const NICE = 5;

const randomId = () => randomBytes(16).toString("base64url");

/**
 * Runs the engine until it is told to stop. Here the parts are wired: analysis finds opportunities, the desk takes them to
 * agents and visitors, the telephony calls; each knows the others as ports only.
 */
export async function runEngine(
  first: Config,
  file: string,
  clock: Clock = systemClock,
): Promise<void> {
  // Where cores are short, visitors' pages come first: nobody waits for the engine but an agent, for a few milliseconds.
  setPriority(Math.min(getPriority() + NICE, constants.priority.PRIORITY_LOW));
  let config = first;
  const log = createLog("engine", config.log.level);
  for (const note of consentNotes(config.sites)) log.warn({}, note);
  const paths = preparePaths(config);
  const registry = createRegistry(version);
  let callRules = callRulesOf(config);

  // The desk is made last, but is asked and told by the others. Only the exchange and the edges may speak before it is there.
  let desk: Desk | undefined;
  const theDesk = () => {
    if (!desk) throw new Error("the desk is asked before it is there");
    return desk;
  };
  // Before all else: it alone notices another engine in the same directory, whose contacts and calls are its own.
  await using link = await listenForEdges(
    paths.link,
    {
      hits: (hits) => desk && hits.forEach((hit) => analysis.touch(hit)),
      shown: (invitationId) => desk?.shown(invitationId),
      sentOn: (nextPageId) => desk?.sentOn(nextPageId),
    },
    config.visitors.visitGap,
    { clock, log },
  );
  await using store = await openStore(paths.database);
  using analysis: Analysis = createAnalysis(
    { ...rulesOf(config), mostSessions: config.sessions.most, idleMs: config.sessions.idle },
    {
      clock,
      log,
      randomId,
      metrics: analysisMetrics(registry),
      staffing: { staffing: (site) => theDesk().staffing(site) },
      opportunities: { found: (opportunity, session) => theDesk().found(opportunity, session) },
      observer: {
        changed: (session) => theDesk().changed(session),
        ended: (id, site) => theDesk().ended(id, site),
      },
      cookies: {
        lacks: ({ site, id }, facts) => toCookie(analysis, link, site, id, facts),
      },
    },
  );
  const firstHour = Math.floor((clock.nowMs() - LONGEST_WINDOW_MS) / 3_600_000);
  await using pacings = createPacings(
    jurisdictionsOf(config),
    { hours: await store.dialHours(firstHour), learnt: await store.dialLearnt() },
    { clock, log, metrics: dialMetrics(registry), records: store },
  );
  const early: Call[] = [];
  await using telephony = createTelephony(
    { ringTimeoutMs: config.switch.ringTimeout, caller: (site) => callerOf(config, site) },
    {
      clock,
      log,
      metrics: ctiMetrics(registry),
      calls: { changed: (call) => (desk ? desk.callChanged(call) : void early.push(call)) },
      lines: {
        lifted: (lineId, telephone) => desk?.warmLine.lifted(lineId, telephone) ?? "refused",
        dropped: (lineId) => desk?.warmLine.dropped(lineId),
      },
      records: store,
      switches: { changed: (up) => desk?.switchChanged(up) },
      connect: (listener) =>
        connectSwitch(
          config.switch,
          config.browserCalls.video === "on",
          { clock, log, records: store },
          listener,
        ),
    },
    await store.openCalls(),
  );
  await using browserPhones = createBrowserPhones(telephony.browserLines, {
    clock,
    log,
    observer: { changed: (line, state) => desk?.lineChanged(line, state) },
  });
  const { stun, turn, visitors, video } = config.browserCalls;
  const talks = visitors === "on" && telephony.browserLines !== undefined;
  desk = await createDesk(
    {
      ...entriesOf(config),
      alertLifetimeMs: config.desk.alertLifetime,
      invitationLifetimeMs: config.desk.invitationLifetime,
      absenceMs: config.desk.absence,
      browserCalls: talks ? (video === "on" ? "video" : "voice") : "off",
      callbacksPerDay: {
        perVisitor: config.desk.callbacksPerVisitor,
        perAddress: config.desk.callbacksPerAddress,
      },
    },
    {
      clock,
      log,
      randomId,
      metrics: deskMetrics(registry),
      visits: visitsOver(analysis, link),
      nextPages: nextPagesOver(analysis, link, randomId),
      telephony,
      callRules: {
        parse: (typed, site) => callRules.parse(typed, site),
        find: (text, site) => callRules.find(text, site),
        country: (e164) => callRules.country(e164),
        destination: (e164, site) => callRules.destination(e164, site),
        hours: (e164, site, atMs) => callRules.hours(e164, site, atMs),
      },
      browserPhones: {
        ...browserPhones,
        iceServers: () => iceServers({ stun, turn }, clock.nowMs()),
      },
      pacings,
      records: store,
    },
  );
  await using _desk = desk;
  for (const call of early) desk.callChanged(call);
  desk.switchChanged(telephony.up());
  await using _visitors = await serveVisitors(
    desk,
    { path: paths.visitors, assetsDirectory: builtFiles.visitor },
    { clock, log },
  );
  await using _operator = await listenForOperator(paths.operator, {
    sessions(site, most) {
      const names = config.sites.map(({ name }) => name).filter((name) => name === (site ?? name));
      if (names.length === 0) return undefined;
      return { total: analysis.count(names), sessions: analysis.latest(names, most) };
    },
    explain(visitor) {
      const names = config.sites.map(({ name }) => name);
      const byId = analysis.session(visitor);
      const found = byId
        ? [byId]
        : analysis.latest(names, MOST_SEARCHED).filter(({ address }) => address === visitor);
      const [session] = found;
      if (!session) return undefined;
      return { session, others: found.length - 1, campaigns: analysis.explain(session.id) };
    },
  });
  const { host, port } = config.listen.desk;
  await using _agents = await serveDesk(
    desk,
    { listen: config.listen.desk, uiDirectory: builtFiles.desk },
    { clock, log },
  ).catch((error: unknown) => {
    throw explainListenError(error, "listen.desk", `${host}:${port}`);
  });
  const use = (next: Config) => {
    analysis.use(rulesOf(next));
    for (const note of consentNotes(next.sites)) log.warn({}, note);
    // Of a site that is gone there may still be contacts and callbacks.
    config = withGoneSites(config, next);
    callRules = callRulesOf(config);
    pacings.use(jurisdictionsOf(config));
    theDesk().use(entriesOf(config));
  };
  const why = await serveProcess({ name: "engine", config, log, registry, file, use });
  log.info({ why }, "stopping");
}

/** Latest visits among which an operator's address is looked for: more would keep hits waiting. */
const MOST_SEARCHED = 10_000;

function rulesOf(config: Config): AnalysisRules {
  return { sites: sitesOf(config), campaigns: campaignsOf(config) };
}

function entriesOf(config: Config): DirectoryEntries {
  return {
    sites: sitesOf(config),
    agents: config.agents,
    templates: config.messages,
    automatic: Object.fromEntries(config.firms.map((f) => [f.name, f.automaticCalls])),
  };
}

function withGoneSites(before: Config, { sites, ...rest }: Config): Config {
  const gone = before.sites.filter((old) => !sites.some(({ name }) => name === old.name));
  return { ...rest, sites: [...sites, ...gone] };
}

/** What a visitor's telephone shows as the caller. */
function callerOf(config: Config, site: string): { number: string; name: string } {
  const firm = config.sites.find((s) => s.name === site)?.firm;
  const name = config.firms.find((f) => f.name === firm)?.displayName ?? "";
  return { name, number: "callerNumber" in config.switch ? config.switch.callerNumber : "" };
}
