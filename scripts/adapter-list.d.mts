export function adapterNames(): string[];
export function adapterLists(names?: string[]): Promise<Record<string, string>>;
export function writeAdapterLists(): Promise<void>;
