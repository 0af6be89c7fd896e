import type { LookupAddress } from 'node:dns';
import { rootCertificates } from 'node:tls';
import { Agent, ProxyAgent, type Dispatcher } from 'undici';
import { LIMITS } from '../../schema.js';
import type { AddressGuard } from './address-guard.js';
import { certificatesIn } from './core/certificates.js';
import type { ConnectionOptions } from './core/wire.js';

const CONNECT_MS = 10_000;
/** Different ways that are kept open; targets share those that are the same. */
const MOST_KEPT = 50;

/** Keep-alive connections, by the way that a target asks for; all of them go only where the deny list allows. */
export function createConnections(guard: AddressGuard) {
	const lookup = guard.lookup as never;
	const common = { maxHeaderSize: LIMITS.responseHeaders, pipelining: 1, keepAliveTimeout: 10_000 };
	const plain = new Agent({ ...common, connect: { lookup, timeout: CONNECT_MS } });
	const others = new Map<string, Dispatcher>();

	function make({ proxy, ca, http2 }: ConnectionOptions): Dispatcher {
		// Beside the authorities that Node knows, not instead of them.
		const tls = {
			timeout: CONNECT_MS,
			...(ca === undefined ? {} : { ca: [...rootCertificates, ...certificatesIn(ca)] }),
		};
		const allowH2 = http2 === true;
		if (proxy === undefined) return new Agent({ ...common, allowH2, connect: { ...tls, lookup, allowH2 } });
		return new ProxyAgent({
			...common,
			uri: proxy,
			allowH2,
			proxyTls: { ...tls, lookup } as never,
			requestTls: { ...tls, allowH2 } as never,
		});
	}

	return {
		/** Throws where a URL, or the proxy on the way to it, may not be asked. */
		async check(url: URL, connection: ConnectionOptions | undefined): Promise<void> {
			guard.checkUrl(url);
			if (connection?.proxy === undefined) return;
			guard.checkUrl(new URL(connection.proxy));
			await mayProxy(url.hostname, guard);
		},
		by(connection: ConnectionOptions | undefined): Dispatcher {
			if (!connection || Object.keys(connection).length === 0) return plain;
			const name = JSON.stringify([connection.proxy, connection.ca, connection.http2]);
			const known = others.get(name) ?? make(connection);
			others.delete(name);
			others.set(name, known);
			for (const [oldest, dispatcher] of others) {
				if (others.size <= MOST_KEPT) break;
				others.delete(oldest);
				void dispatcher.close();
			}
			return known;
		},
		async close(): Promise<void> {
			await Promise.all([plain, ...others.values()].map((dispatcher) => dispatcher.destroy()));
		},
	};
}

/** What a proxy is asked for is resolved here first: a name of a denied address is refused, one that only it knows is not. */
function mayProxy(hostname: string, guard: AddressGuard): Promise<void> {
	return new Promise((resolve, reject) => {
		guard.lookup(
			hostname.replace(/^\[|\]$/g, ''),
			{ all: true },
			(error: Error | null, _found: string | LookupAddress[]) =>
				error && 'code' in error && error.code === 'ADDRESS_DENIED' ? reject(error) : resolve(),
		);
	});
}
