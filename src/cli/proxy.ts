import type { Variables } from './environment.js';
import { Failure } from './failure.js';

/** How requests are made, and through which proxies of the environment. */
export interface Fetching {
	fetch: typeof fetch;
	/** The variables that name a proxy. */
	proxies: string[];
}

/**
 * Node's own fetch, or one that uses the proxy of the environment (`HTTP_PROXY`, `HTTPS_PROXY`, except for the hosts in
 * `NO_PROXY`), as curl and npm do. The library for it is loaded with the first request.
 *
 * @throws Failure if a variable is not the address of a proxy
 */
export function fetchBy(variables: Variables): Fetching {
	const read = (name: string) => variables[name.toLowerCase()] || variables[name] || '';
	const [httpProxy, httpsProxy, noProxy] = [read('HTTP_PROXY'), read('HTTPS_PROXY'), read('NO_PROXY')];
	const named = Object.entries({ HTTP_PROXY: httpProxy, HTTPS_PROXY: httpsProxy }).filter(([, value]) => value !== '');
	if (named.length === 0) return { fetch, proxies: [] };
	for (const [name, value] of named)
		if (!/^https?:\/\/./.test(value) || !URL.canParse(value))
			throw new Failure('INVALID_PROXY', `The environment variable ${name} is not the address of a proxy.`, {
				advice: 'It must begin with http:// or https://. Correct it, or unset it.',
			});
	let loaded: Promise<typeof fetch> | null = null;
	const load = async (): Promise<typeof fetch> => {
		const { EnvHttpProxyAgent, fetch: proxied } = await import('undici');
		const dispatcher = new EnvHttpProxyAgent({ httpProxy, httpsProxy, noProxy });
		return async (address, init) =>
			(await proxied(
				address as string,
				{
					...(await withPlainBody(init)),
					dispatcher,
				} as Parameters<typeof proxied>[1],
			)) as unknown as Response;
	};
	return {
		fetch: async (address, init) => (await (loaded ??= load()))(address, init),
		proxies: named.map(([name]) => name),
	};
}

/** The other fetch does not know Node's own FormData. */
async function withPlainBody(init: RequestInit | undefined): Promise<RequestInit | undefined> {
	if (!(init?.body instanceof FormData)) return init;
	const form = new Response(init.body);
	const type = form.headers.get('content-type') ?? '';
	return {
		...init,
		headers: { ...(init.headers as Record<string, string>), 'content-type': type },
		body: new Uint8Array(await form.arrayBuffer()),
	};
}
