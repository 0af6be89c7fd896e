/** Why a link is paused until a person resumes it, and what to do about it. */

/** The key is no credential and no token of the remote. */
export const tokenUnknown = (url: string): string =>
	`${url} does not know the token: make a new one for its Data Sync user, and put it into api_key`;

const mayNotSync = (url: string): string =>
	`${url} knows the token, but its user may not sync: give that user the policy "Data Sync" there`;

const notTaken = (url: string, refusal: string): string => `${url} does not take this instance: ${refusal}`;

const BEGINNINGS = [tokenUnknown(''), mayNotSync(''), notTaken('', '')];

/** Whether another key may solve it: the key was refused, and it was not a person who paused the link. */
export const isAboutKey = (reason: string | null): boolean =>
	reason !== null && BEGINNINGS.some((beginning) => reason.includes(beginning));

const sameInstance = (url: string) =>
	`${url} is this very instance, or a copy of its database: point the source to another, or run "downstream identity copy" on the copy`;

/**
 * Whether an answer pauses the link; null where it does not, since another try may succeed.
 * @param answer.code the code of its first error
 * @param answer.refusal why the remote refuses this instance, in its own words; null where it gives no such reason
 */
export function reasonInAnswer(
	{ status, code, refusal }: { status: number; code: string | null; refusal: string | null },
	url: string,
): string | null {
	if (refusal !== null && (status === 401 || status === 403)) return notTaken(url, refusal);
	if (status === 401) return tokenUnknown(url);
	if (status === 403) return mayNotSync(url);
	if (status === 404)
		return `there is no Downstream at ${url} any more, or never was: install the extension there, or fix the url, then resume`;
	return status === 409 && code === 'SAME_INSTANCE' ? sameInstance(url) : null;
}

/**
 * Whether the instance that answers is not the one that is meant, which pauses the link; null where it is.
 * @param own this instance
 * @param known the instance that was there before; null where none is known
 */
export function reasonInInstance(
	answering: string,
	{ own, known }: { own: string; known: string | null },
	url: string,
): string | null {
	if (answering === own) return sameInstance(url);
	return known !== null && known !== answering
		? `another instance than before answers at ${url}: compare the two, then resume`
		: null;
}

/** Nothing has arrived for longer than deletions are remembered. */
export const longAway = (name: string): string =>
	`"${name}" was not reached for more than 90 days, and what was deleted so long ago is forgotten: compare the two and look at what is missing on one side, then resume`;
