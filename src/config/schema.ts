/** The configuration file, as a schema. An unknown key is an error: a typing mistake must not pass for a default. */
import { z } from "zod";
import type { Priority } from "../model/visitor.ts";
import { consentRules } from "./consent.ts";
import { noticeRule } from "./notice.ts";
import {
  certificateFiles,
  country,
  duration,
  hostName,
  hostPort,
  iceUrl,
  network,
  openingHours,
  origin,
  phonePrefix,
  passwordHash,
  size,
  slug,
  timeout,
  timeZone,
} from "./values.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const raised = z.number().int().min(1).max(9) as unknown as z.ZodType<Priority>;

const site = z.strictObject({
  name: slug,
  hosts: z.array(hostName).min(1),
  origins: z.array(origin).min(1),
  firm: slug,
  country,
  timeZone: timeZone.default("UTC"),
  hours: z.array(openingHours).default([]),
  reservedPath: z
    .string()
    .regex(/^\/[A-Za-z0-9._-]+\/$/, "begin and end with a slash, as in /.warmline/")
    .default("/.warmline/"),
  /** What the site bears of one client, in each worker; what is not said has no limit. */
  limits: z
    .strictObject({
      body: size.exactOptional(),
      requestsPerSecond: z.number().min(0.01).max(100_000).exactOptional(),
      /** So many at once; ten seconds' worth when it is not said. */
      burst: z.number().int().min(1).max(1_000_000).exactOptional(),
    })
    .prefault({}),
  upstream: z
    .strictObject({
      balance: z.enum(["round_robin", "least_connections", "client_hash"]).default("round_robin"),
      /** At most so many requests are sent a second time, percent. */
      repeats: z.number().min(0).max(100).default(20),
      timeouts: z
        .strictObject({
          connect: timeout.exactOptional(),
          /** Until the head of the answer. */
          firstByte: timeout.exactOptional(),
          /** How long the body of an answer may stand still. */
          betweenBytes: timeout.exactOptional(),
          /** How long a connection is kept without use. */
          idle: timeout.exactOptional(),
        })
        .prefault({}),
      health: z
        .strictObject({
          path: z.string().startsWith("/", "begin with a slash, as in /healthz"),
          interval: timeout.default(10_000),
          timeout: timeout.default(2_000),
          healthy: z.number().int().min(1).max(100).default(2),
          unhealthy: z.number().int().min(1).max(100).default(3),
        })
        .exactOptional(),
    })
    .prefault({}),
  https: z
    .strictObject({
      /** Who comes by plain HTTP is sent to the same place by HTTPS. */
      redirect: z.boolean().default(false),
      /** Where HTTPS is offered to the public. */
      port: z.number().int().min(1).max(65_535).default(443),
      /** Strict-Transport-Security. */
      hsts: z
        .strictObject({
          maxAge: duration,
          includeSubDomains: z.boolean().default(false),
          preload: z.boolean().default(false),
        })
        .exactOptional(),
    })
    .prefault({}),
  excludedPaths: z.array(z.string().startsWith("/")).default([]),
  /** What raises a visitor's priority, to at least so much [0048]. */
  priority: z
    .strictObject({ purchase: raised.exactOptional(), returnVisit: raised.exactOptional() })
    .exactOptional(),
  /** Networks of the site's own people, who are no visitors. */
  staff: z.array(network).max(1_000).default([]),
  consent: consentRules.exactOptional(),
  notice: z.array(noticeRule).max(100).default([]),
  engagement: z.enum(["on", "off"]).default("on"),
  calls: z
    .strictObject({
      /** Whose numbers may be called; none given: those of the site's country. */
      countries: z.array(country).default([]),
      /** Beginnings of numbers that may, or may not, be called all the same; the longest that fits counts. */
      allow: z.array(phonePrefix).default([]),
      deny: z.array(phonePrefix).default([]),
      /** When people may be called, by their own clocks; none given: what the law of their country says. */
      hours: z.array(openingHours).default([]),
    })
    .prefault({}),
});

const agent = z.strictObject({
  name: slug,
  displayName: z.string().min(1).max(60),
  firm: slug,
  telephone: z
    .string()
    .regex(
      /^(browser|[0-9]{1,15}|\+[1-9][0-9]{4,14})$/,
      "write an extension (101), a public number with its country (+4930123456), or browser",
    ),
  passwordHash,
  maySetPriority: z.boolean().default(false),
});

const campaign = z.strictObject({
  name: slug,
  site: slug,
  mode: z.enum(["alert_first", "invite_first", "call_at_once"]),
  when: z.string().min(1),
  message: slug,
  coolDown: duration.default(DAY_MS),
  perPage: z.number().int().min(1).max(100).default(1),
  perVisit: z.number().int().min(1).max(100).default(1),
  /** Within 30 days. */
  perVisitor: z.number().int().min(1).max(1_000).exactOptional(),
  /** Percent of the visitors. */
  holdOut: z.number().min(0).max(50).default(0),
  outOfHours: z.boolean().default(true),
  outOfHoursMessage: slug.exactOptional(),
  allBusyMessage: slug.exactOptional(),
});

const message = z.strictObject({
  name: slug,
  /** Neither site nor firm: for all. */
  site: slug.exactOptional(),
  firm: slug.exactOptional(),
  heading: z.string().min(1).max(120),
  text: z.string().min(1).max(1_000),
});

const callerNumber = z
  .string()
  .regex(/^(\+?[0-9]{1,15})?$/, "write a number, digits only, as in +4930123000")
  .default("");

const media = z
  .string()
  .regex(/^(sound|recording|tone):./, "write media as ARI names it, as in sound:ss-noservice");

const switchOptions = z.discriminatedUnion("driver", [
  z.strictObject({
    driver: z.literal("memory"),
    ringTimeout: duration.default(30_000),
    /** How long the pretended telephones ring before they answer. */
    answerAfter: duration.default(1_500),
  }),
  z.strictObject({
    driver: z.literal("asterisk"),
    ringTimeout: duration.default(30_000),
    /** `http://host:port/ari`. */
    url: z.url({ protocol: /^https?$/ }),
    user: z.string().min(1),
    password: z.string().min(1),
    application: z.string().min(1).default("warmline"),
    /** How Asterisk reaches an agent's telephone. */
    agentEndpoint: z.string().includes("{telephone}").default("PJSIP/{telephone}"),
    /** How Asterisk reaches a number on the public network. */
    publicEndpoint: z.string().includes("{number}").default("PJSIP/{number}@trunk"),
    /** What a caller hears on the warm line who is no agent at work: media as ARI names it. */
    refusal: media.default("sound:ss-noservice"),
    /** What a visitor hears who was called automatically, and for whom no agent is free. */
    nobodyFree: media.default("sound:vm-nobodyavail"),
    /** Where Asterisk speaks SIP over WebSocket, for calls from browsers; by itself `/ws` beside `/ari`. */
    webSocket: z.url({ protocol: /^wss?$/ }).exactOptional(),
    /** Settings of the PJSIP endpoints of browsers, over our own: `allow: opus,ulaw`. */
    browserEndpoint: z.record(z.string().regex(/^[a-z0-9_]+$/), z.string()).default({}),
    callerNumber,
  }),
  z.strictObject({
    driver: z.literal("sip"),
    ringTimeout: duration.default(30_000),
    /** Where we are reached by the trunk. */
    listen: hostPort.prefault("0.0.0.0:5060"),
    trunk: z.strictObject({
      server: hostPort,
      transport: z.enum(["udp", "tcp", "tls"]).default("udp"),
      user: z.string().regex(/^[^\s@<>"]{1,64}$/, "write the user alone, without @"),
      password: z.string().min(1),
      /** What follows after @; none given: the server's host. */
      domain: hostName.exactOptional(),
      /** `false`: the trunk knows where we are. */
      register: z.boolean().default(true),
      expires: duration.default(5 * 60_000),
      /** PEM of who vouches for the server's certificate; none given: who the system trusts. */
      ca: z
        .string()
        .includes("-----BEGIN CERTIFICATE-----", {
          message: "name a PEM file, as in file:/etc/warmline/trunk-ca.pem",
        })
        .exactOptional(),
    }),
    callerNumber,
  }),
]);

/** Calls whose audio a browser has: WebRTC to the exchange. */
const browserCalls = z.strictObject({
  /** Whether visitors may talk by their browsers. The exchange must be made ready: see docs/operating.md. */
  visitors: z.enum(["on", "off"]).default("off"),
  /** Whether visitors and agents at their desks' telephones may see each other. The exchange passes the pictures on. */
  video: z.enum(["on", "off"]).default("on"),
  stun: z.array(iceUrl("stun")).default([]),
  turn: z
    .array(
      z.union(
        [
          z.strictObject({ urls: z.array(iceUrl("turn")).min(1), secret: z.string().min(1) }),
          z.strictObject({
            urls: z.array(iceUrl("turn")).min(1),
            user: z.string().min(1),
            password: z.string().min(1),
          }),
        ],
        "name urls (turn:host:port), and either secret (coturn: use-auth-secret) or user and password",
      ),
    )
    .default([]),
});

const jurisdiction = z.strictObject({
  country,
  hours: z.array(openingHours).min(1).exactOptional(),
  /** Whether more numbers may be dialled than agents are free. */
  predictive: z.boolean().exactOptional(),
  /** Of the calls that people answer, at most so many may find no agent, percent; over so long. */
  dropLimit: z.number().min(0).max(100).exactOptional(),
  dropWindow: duration
    .refine((ms) => ms >= HOUR_MS && ms <= 366 * DAY_MS, "from 1h to 366d")
    .exactOptional(),
  /** So long after the visitor has answered an agent must be there. */
  patience: duration.exactOptional(),
  /** A telephone is left to ring at least so long. */
  ring: duration.exactOptional(),
  /** Whoever found no agent is left alone for so long. */
  rest: duration.exactOptional(),
});

/** Calls that agents are given by themselves, as they become free. */
const automaticCalls = z
  .strictObject({
    /** `progressive`: one number is dialled for each agent who is free. `predictive`: more, within the law's limit. */
    mode: z.enum(["off", "progressive", "predictive"]).default("off"),
    /** By whose law, if predictive. */
    jurisdiction: country.exactOptional(),
    /** Callbacks that are due. */
    callbacks: z.boolean().default(false),
    /** Visitors who wait to be called now. */
    requests: z.boolean().default(false),
  })
  .prefault({});

export const configSchema = z.strictObject({
  version: z.literal(1),
  listen: z
    .strictObject({
      http: hostPort.prefault("127.0.0.1:8080"),
      https: hostPort.exactOptional(),
      desk: hostPort.prefault("127.0.0.1:8081"),
      admin: hostPort.prefault("127.0.0.1:9090"),
    })
    .prefault({}),
  tls: z
    .strictObject({
      /** None: one that nobody vouches for is made. The first is for visitors who name no host. */
      certificates: z.array(certificateFiles).default([]),
      minVersion: z.enum(["TLSv1.2", "TLSv1.3"]).default("TLSv1.2"),
    })
    .prefault({}),
  directories: z
    .strictObject({
      /** Database and keys: kept. */
      state: z.string().default("var/state"),
      /** Unix sockets: made at each start. */
      run: z.string().default("var/run"),
    })
    .prefault({}),
  log: z
    .strictObject({ level: z.enum(["debug", "info", "warn", "error"]).default("info") })
    .prefault({}),
  edge: z
    .strictObject({
      /** 0: one for each core. */
      workers: z.number().int().min(0).max(256).default(0),
      /** How long running requests may take to finish when the edge stops. */
      drain: duration.default(20_000),
      connectTimeout: timeout.default(5_000),
      /** Until the first byte of the answer. */
      responseTimeout: timeout.default(60_000),
      /** Of one client, to each worker; 0: no limit. Proxies that are trusted have none. */
      connectionsPerClient: z.number().int().min(0).max(1_000_000).default(0),
      /** What an upload must reach over each half minute, bytes a second; 0: no limit. */
      slowestUpload: z.number().int().min(0).max(1_000_000).default(100),
      accessLog: z.boolean().default(true),
      /** Opened anew by each reload; without it standard output. */
      accessLogFile: z.string().min(1).exactOptional(),
      accessLogFormat: z.enum(["json", "combined"]).default("json"),
      /** Networks of proxies in front of us, whose word on who asks is believed. */
      trustedProxies: z.array(network).default([]),
      /** Each connection to `listen.http` begins with the PROXY protocol; only trusted proxies may connect. */
      proxyProtocol: z.boolean().default(false),
    })
    .prefault({}),
  visitors: z
    .strictObject({
      cookie: z
        .string()
        .regex(/^[A-Za-z0-9_-]+$/)
        .default("warmline"),
      cookieLifetime: duration.default(180 * DAY_MS),
      /** So long without a page, and the next page is a new visit. */
      visitGap: duration.default(30 * 60_000),
    })
    .prefault({}),
  sessions: z
    .strictObject({
      /** Hard bound of the session activity table. */
      most: z.number().int().min(1).max(10_000_000).default(100_000),
      /** Rows are deleted after so long without a page, and with none open [0059]. */
      idle: duration.default(5 * 60_000),
    })
    .prefault({}),
  desk: z
    .strictObject({
      /** An agent who was offered an alert has so long to take it. */
      alertLifetime: duration.default(2 * 60_000),
      invitationLifetime: duration.default(5 * 60_000),
      /** An agent whose desk was cut off is out of service after so long. */
      absence: duration.default(15_000),
      /** So many callbacks a visitor (or a number), and an address, may ask for within a day. */
      callbacksPerVisitor: z.number().int().min(1).max(1_000).default(3),
      callbacksPerAddress: z.number().int().min(1).max(100_000).default(10),
    })
    .prefault({}),
  switch: switchOptions.prefault({ driver: "memory" }),
  browserCalls: browserCalls.prefault({}),
  /** What counts in a country, where the operator knows better than we do. */
  jurisdictions: z.array(jurisdiction).default([]),
  firms: z
    .array(z.strictObject({ name: slug, displayName: z.string().min(1), automaticCalls }))
    .min(1),
  sites: z.array(site).min(1),
  agents: z.array(agent).default([]),
  campaigns: z.array(campaign).default([]),
  messages: z.array(message).default([]),
});

export type Config = z.output<typeof configSchema>;
export type SwitchOptions = Config["switch"];
