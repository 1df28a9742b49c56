import { readFileSync } from "node:fs";

/** How many files and sockets the process may have open (proc(5), getrlimit(2)); Infinity where the system does not tell. */
export function openFilesLimit(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? Infinity);
  } catch {
    return Infinity;
  }
}
