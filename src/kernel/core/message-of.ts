/** What something that was thrown says; extensions and flows throw more than errors. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
