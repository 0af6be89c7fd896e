/** Whether two addresses are the same, however they are written. */
export const isSameUrl = (one: string, other: string): boolean => plainUrl(one) === plainUrl(other);

function plainUrl(text: string): string {
	if (!URL.canParse(text)) return text;
	const { origin, pathname } = new URL(text);
	let end = pathname.length;
	while (pathname[end - 1] === '/') end--;
	return origin + pathname.slice(0, end);
}

/** What is wrong with the address of a target, as a sentence without a full stop; null where requests can go there. */
export function urlProblem(text: string, example: string): string | null {
	if (!URL.canParse(text)) return `"${text}" is not a URL; expected something like ${example}`;
	const url = new URL(text);
	if (url.protocol !== 'http:' && url.protocol !== 'https:')
		return `"${url.protocol.slice(0, -1)}" is not a protocol that requests can go out by; expected http or https`;
	if (url.username !== '' || url.password !== '')
		return 'a URL with a user or password in it is shown wherever the target is; put the key into api_key';
	return null;
}
