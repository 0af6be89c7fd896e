import type { KnownUser } from './sync-reads.js';

/**
 * What a user is known by on every instance: the id that an identity provider gave, else the e-mail address, else an id
 * that nobody else knows.
 */
export function formOf({ id, email, external }: KnownUser): string {
	if (external) return `external:${external}`;
	return email ? `email:${email}` : `id:${id}`;
}

/** What to look for, to find users that are known by these. */
export function soughtBy(forms: string[]): { external: string[]; email: string[] } {
	const after = (prefix: string) =>
		forms.filter((form) => form.startsWith(prefix)).map((form) => form.slice(prefix.length));
	return { external: after('external:'), email: after('email:') };
}

/** The ids of users, by everything that they are known by. */
export function idsByForm(users: readonly KnownUser[]): Map<string, string> {
	const ids = new Map<string, string>();
	for (const { id, email, external } of users) {
		if (email) ids.set(`email:${email}`, id);
		if (external) ids.set(`external:${external}`, id);
	}
	return ids;
}
