/** An item's own columns, as Directus casts them. */
export type Row = Record<string, unknown>;
