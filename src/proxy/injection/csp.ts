/** Whether every policy (CSP level 3) lets the page load a script of its own host. Nothing is ever added to a policy. */
export function allowsOwnScript(policies: readonly string[], host: string): boolean {
  return policies.flatMap((value) => value.split(",")).every((policy) => allows(policy, host));
}

function allows(policy: string, host: string): boolean {
  const directives = new Map<string, string[]>();
  for (const part of policy.split(";")) {
    const [name = "", ...sources] = part.trim().toLowerCase().split(/\s+/);
    // The first of a name counts (CSP level 3, section 2.2.1).
    if (name !== "" && !directives.has(name)) directives.set(name, sources);
  }
  if (directives.get("sandbox")?.includes("allow-scripts") === false) return false;
  const sources =
    directives.get("script-src-elem") ??
    directives.get("script-src") ??
    directives.get("default-src");
  if (!sources) return true;
  // With strict-dynamic host sources and 'self' count for nothing.
  if (sources.includes("'strict-dynamic'")) return false;
  return sources.some(
    (s) => s === "'self'" || s === "*" || s === "http:" || s.replace(/^https?:\/\//, "") === host,
  );
}
