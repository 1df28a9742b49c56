import { StartError } from "./lifetime.ts";
import type { Forecast } from "./replay-criteria.ts";

/**
 * How many agents are needed for what, from the command line; what is not said is as usual in call centres.
 *
 * @throws {StartError} for what is no such number
 */
export function forecastOf(given: {
  readonly accept?: string | undefined;
  readonly handle?: string | undefined;
  readonly patience?: string | undefined;
  readonly service?: string | undefined;
}): Forecast {
  const { accept = "0.1", handle = "300", patience = "60", service = "80/20" } = given;
  const number = (option: string, text: string, most: number) => {
    const value = Number(text);
    if (text.trim() !== "" && value > 0 && value <= most) return value;
    throw new StartError(`--${option} is a number above 0, at most ${most}, not ${text}`);
  };
  const [, level, within] = /^(\d{1,2}(?:\.\d+)?)\/(\d{1,4})$/.exec(service) ?? [];
  if (level === undefined || Number(level) === 0) {
    throw new StartError(`--service is a percentage and seconds, as in 80/20, not ${service}`);
  }
  return {
    accept: number("accept", accept, 1),
    handleSeconds: number("handle", handle, 86_400),
    patienceSeconds: number("patience", patience, 86_400),
    goal: { level: Number(level) / 100, withinSeconds: Number(within) },
  };
}
