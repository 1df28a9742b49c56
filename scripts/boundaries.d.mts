export function violations(imports: readonly (readonly [string, string])[]): string[];
