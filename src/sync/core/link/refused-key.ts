/** Reasons of a stopped link that another key may solve. */
export const tokenUnknown = (url: string): string =>
	`${url} does not know the token: make a new one for its Data Sync user, and put it into api_key`;

export const mayNotSync = (url: string): string =>
	`${url} knows the token, but its user may not sync: give that user the policy "Data Sync" there`;

export const notTaken = (url: string, answer: string): string => `${url} does not take this instance: ${answer}`;

const BEGINNINGS = [tokenUnknown(''), mayNotSync(''), notTaken('', '')];

/** Whether a link was stopped for one of these reasons, and not paused by a person. */
export const isAboutKey = (reason: string | null): boolean =>
	reason !== null && BEGINNINGS.some((beginning) => reason.includes(beginning));
