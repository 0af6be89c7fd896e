import { Failure } from './failure.js';

/** Parameters as Directus takes them, with a question mark in front where there are any. */
export function queryText(query: Record<string, unknown> = {}): string {
	const parameters = new URLSearchParams();
	for (const [key, value] of Object.entries(query)) if (value !== undefined) parameters.set(key, parameterText(value));
	const text = parameters.toString();
	return text === '' ? '' : `?${text}`;
}

/** Lists as Directus takes them, `id,name`; objects as JSON. */
function parameterText(value: unknown): string {
	if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return value.join(',');
	return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

/**
 * An address as people type it, without a slash at its end.
 *
 * @throws Failure where it is missing or none
 */
export function readUrl(value: string | null, flag: string): string {
	if (value === null)
		throw new Failure('NO_URL', 'It is not said which Directus to use.', {
			advice: `Give its address with ${flag}.`,
		});
	const url = URL.canParse(value) ? new URL(value) : null;
	if (url === null || !['http:', 'https:'].includes(url.protocol))
		throw new Failure('INVALID_URL', `This is no address of a Directus: ${value}`, {
			advice: `Write it with http:// or https:// in front (${flag}).`,
		});
	if (url.username || url.password)
		throw new Failure('INVALID_URL', 'The address contains a user name or password.', {
			advice: 'Take them out of the address and give a token instead.',
		});
	// The Studio's address is as good: people copy it out of the browser.
	return `${url.origin}${url.pathname.replace(/\/admin(\/.*)?$/, '')}`.replace(/(?<!\/)\/+$/, '');
}
