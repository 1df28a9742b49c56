import { parseArgs } from "node:util";
import { consentNotes } from "./config/consent.ts";
import { loadConfig, loadConfigWithCampaigns } from "./config/load.ts";
import { ConfigError } from "./config/problem.ts";
import type { Config } from "./config/schema.ts";
import { configFromSupervisor } from "./main/child-messages.ts";
import { configChecks } from "./main/config-checks.ts";
import { failStart, isSupervised, leave, StartError } from "./main/lifetime.ts";
import { version } from "./main/version.ts";

const USAGE = `warmline ${version}: an edge gateway that connects visitors of web sites with live agents

  warmline run [--config FILE]        the whole gateway: engine and edges, started again when they die
  warmline edge [--config FILE]       one edge worker alone, as a service of its own
  warmline engine [--config FILE]     the engine alone, as a service of its own
  warmline reload [--config FILE]     the running gateway reads its file again; what is wrong in it changes nothing
  warmline sites [--json]             the running gateway's sites, and whether they are on
  warmline site off|on NAME           a site is proxied and nothing else, from the next request on; or as before
  warmline validate [--config FILE]   says what is wrong with a configuration, with line and reason
  warmline healthcheck [--config FILE]  status 0 when the gateway is ready
  warmline sessions list [--site NAME] [--most N] [--json] [--config FILE]
                                      who is on the sites now, the latest first
  warmline criteria explain --visitor VISIT [--json] [--config FILE]
                                      what each campaign says of a visitor now, and why; VISIT as in
                                      sessions list, or an address
  warmline criteria replay --log FILE [--criteria FILE] [--accept 0.1] [--handle SECONDS] [--patience SECONDS]
                [--service 80/20] [--json] [--config FILE]
                                      what campaigns would have done with the visitors of an access log
  warmline hash-password              reads a password from standard input, prints its hash
  warmline version

FILE is config/warmline.yaml unless said otherwise; -c is short for --config.
`;

const { values, positionals } = parseCommandLine();
const file = values.config ?? "config/warmline.yaml";
const command = values.help ? "help" : values.version ? "version" : positionals[0];

try {
  if (command === undefined) {
    process.stderr.write(USAGE);
    process.exitCode = 1;
  } else await execute(command);
} catch (error) {
  if (!(error instanceof ConfigError)) failStart(error);
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function execute(command: string): Promise<void> {
  switch (command) {
    case "run": {
      const { runGateway } = await import("./main/gateway.ts");
      return runGateway(config(), file);
    }
    case "engine": {
      const { runEngine } = await import("./main/engine-process.ts");
      const config = await childConfig();
      if (config) await runEngine(config, file);
      return leave();
    }
    case "reload": {
      const { reload } = await import("./main/ask-gateway.ts");
      return reload(config());
    }
    case "sites": {
      const { listSites } = await import("./main/ask-gateway.ts");
      return listSites(config(), { json: values.json ?? false });
    }
    case "site": {
      const [, how, name] = positionals;
      if ((how !== "on" && how !== "off") || name === undefined) {
        throw new StartError("write: warmline site off NAME, or warmline site on NAME");
      }
      const { switchSite } = await import("./main/ask-gateway.ts");
      return switchSite(config(), name, how === "on");
    }
    case "validate": {
      const notes = consentNotes(config().sites);
      return void process.stdout.write([`${file}: valid`, ...notes, ""].join("\n"));
    }
    case "healthcheck": {
      const { healthcheck } = await import("./main/healthcheck.ts");
      return healthcheck(config());
    }
    case "sessions": {
      const most = Number(values.most ?? "100");
      if (positionals[1] !== "list" || !(most >= 1 && most <= 1_000 && Number.isInteger(most))) {
        throw new StartError(
          positionals[1] === "list"
            ? "--most is a number from 1 to 1000"
            : "write: warmline sessions list",
        );
      }
      const { listSessions } = await import("./main/list-sessions.ts");
      return listSessions(config(), { site: values.site, most, json: values.json ?? false });
    }
    case "criteria": {
      if (positionals[1] === "explain" && values.visitor !== undefined) {
        const { explainVisitor } = await import("./main/explain-visitor.ts");
        return explainVisitor(config(), values.visitor, values.json ?? false);
      }
      if (positionals[1] !== "replay" || !values.log?.length) {
        throw new StartError(
          "write: warmline criteria replay --log FILE (- for standard input), or criteria explain --visitor VISIT",
        );
      }
      const { replayCriteria } = await import("./main/replay-criteria.ts");
      const { forecastOf } = await import("./main/forecast-options.ts");
      const { log: logs, criteria, json = false } = values;
      const replayed =
        criteria === undefined ? config() : loadConfigWithCampaigns(file, criteria, configChecks);
      return replayCriteria(replayed, { logs, forecast: forecastOf(values), json });
    }
    case "hash-password": {
      const { hashFromInput } = await import("./main/hash-password.ts");
      return hashFromInput();
    }
    case "schema": {
      const { configJsonSchema } = await import("./config/json-schema.ts");
      return void process.stdout.write(configJsonSchema());
    }
    case "version":
      return void process.stdout.write(`${version}\n`);
    case "help":
      return void process.stdout.write(USAGE);
    default: {
      if (!/^edge(-\d+)?$/.test(command)) {
        process.stderr.write(`warmline: there is no command ${command}\n\n${USAGE}`);
        process.exitCode = 1;
        return;
      }
      const { runEdge } = await import("./main/edge-process.ts");
      const config = await childConfig();
      if (config) await runEdge(config, file, command);
      return leave();
    }
  }
}

/** @throws {ConfigError} */
function config(): Config {
  return loadConfig(file, configChecks);
}

/** What the supervisor says, which may have refused what the file says by now; without one, what the file says. */
function childConfig(): Promise<Config | undefined> {
  return isSupervised() ? configFromSupervisor() : Promise.resolve(config());
}

function parseCommandLine() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        config: { type: "string", short: "c" },
        accept: { type: "string" },
        criteria: { type: "string" },
        handle: { type: "string" },
        json: { type: "boolean" },
        log: { type: "string", multiple: true },
        most: { type: "string" },
        patience: { type: "string" },
        service: { type: "string" },
        visitor: { type: "string" },
        site: { type: "string" },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean" },
      },
    });
  } catch (error) {
    process.stderr.write(
      `warmline: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`,
    );
    process.exit(1);
  }
}
