/** Headers whose tags are separated by blanks; all others take commas. */
const BY_BLANKS = ['surrogate-key', 'surrogate-keys', 'xkey'];

/** The value of a header that carries these tags, as the CDN that reads it expects it. */
export const headerOfTags = (name: string, tags: readonly string[]): string =>
	tags.join(BY_BLANKS.includes(name.toLowerCase()) ? ' ' : ',');
