import { z } from 'zod';

/** Where a server of one's own listens, if requests do not reach it by the address of the site. */
export const ownAddress = (server: string) =>
	z
		.url({ protocol: /^https?$/, error: 'expected an http or https URL' })
		.optional()
		.meta({
			description: `Where ${server} listens, if not at the url of the target; the Host header stays that of the site.`,
		});

/** A page at the server's own address, still meant for the site. */
export function atOwnAddress(page: string, address: string | undefined): { url: string; host: Record<string, string> } {
	if (!address) return { url: page, host: {} };
	const { host, pathname, search } = new URL(page);
	return { url: `${new URL(address).origin}${pathname}${search}`, host: { host } };
}
