/** What is known of the rows and users that values lead to, loaded before. Keys are text. */
export interface Identities {
	syncId(collection: string, key: string): string | null;
	localKey(collection: string, syncId: string): string | null;
	/** What a local user is known by everywhere: `external:…`, `email:…` or `id:…`; null for one that is not there. */
	userForm(id: string): string | null;
	/** The local user who is known by that. */
	userId(form: string): string | null;
}

/** A reference that leads to nothing known; its field is null meanwhile. */
export interface MissingReference {
	field: string;
	collection: string;
	/** The sync id (or what a user is known by) that is not known here; of a row here that has none, its key. */
	syncId: string;
}
