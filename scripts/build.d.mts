/** Makes `dist/` newer than its sources, unless it is. Ends the process when that fails. */
export function built(options?: { readonly force?: boolean }): void;
