export function debianPackages(names: readonly string[]): void;
export function asterisk(): Promise<string>;
export function inTree(root: string, program: string): [string, ...string[]];
export function moduleFolder(root: string): string;
