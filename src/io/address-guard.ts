import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Directus' own default (`IMPORT_IP_DENY_LIST`): this machine, and the clouds' metadata service. */
export const DEFAULT_DENY_LIST = ['0.0.0.0', '169.254.169.254'];

/** Says which addresses requests may not go to. */
export interface AddressGuard {
	/** Throws where a URL names a denied address literally, in any spelling. */
	checkUrl(url: URL): void;
	/** For `connect`: resolves a name and refuses it where any of its addresses is denied (DNS rebinding). */
	lookup(
		hostname: string,
		options: LookupOptions,
		done: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
	): void;
}

/** A request was refused because of where it would have gone. */
class DeniedAddress extends Error {
	readonly code = 'ADDRESS_DENIED';
}

/**
 * Refuses addresses with the same syntax as Directus' `IMPORT_IP_DENY_LIST`: addresses, subnets (`10.0.0.0/8`) and
 * ranges (`10.0.0.1-10.0.0.9`), where `0.0.0.0` stands for every interface of this machine as well. Throws on an entry
 * that is none of these, so that a typing error does not open a door.
 */
export function createAddressGuard(denyList: readonly string[]): AddressGuard {
	const blocked = new BlockList();
	const type = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');
	for (const entry of denyList) {
		const [network = '', prefix] = entry.split('/');
		const [from = '', to] = entry.split('-');
		if (entry === '0.0.0.0') {
			blocked.addSubnet('0.0.0.0', 8, 'ipv4');
			blocked.addSubnet('127.0.0.0', 8, 'ipv4');
			blocked.addAddress('::', 'ipv6');
			blocked.addAddress('::1', 'ipv6');
			for (const { address } of Object.values(networkInterfaces()).flatMap((found) => found ?? []))
				blocked.addAddress(address.split('%')[0] ?? address, type(address.split('%')[0] ?? address));
		} else if (prefix !== undefined && isIP(network)) blocked.addSubnet(network, Number(prefix), type(network));
		else if (to !== undefined && isIP(from) && isIP(to)) blocked.addRange(from, to, type(from));
		else if (isIP(entry)) blocked.addAddress(entry, type(entry));
		else
			throw new Error(
				`DOWNSTREAM_IP_DENY_LIST: "${entry}" is neither an IP address, a subnet such as 10.0.0.0/8, nor a range such as 10.0.0.1-10.0.0.9`,
			);
	}
	// BlockList compares IPv4-mapped IPv6 addresses (::ffff:127.0.0.1) with its IPv4 entries itself.
	const isDenied = (address: string) => blocked.check(address, type(address));
	const refuse = (address: string) =>
		new DeniedAddress(
			`requests to ${address} are not allowed by DOWNSTREAM_IP_DENY_LIST (by default IMPORT_IP_DENY_LIST); set it if this address is meant`,
		);

	return {
		checkUrl(url) {
			// URL has already turned decimal, octal and hexadecimal spellings into the usual one.
			const host = url.hostname.replace(/^\[|\]$/g, '');
			if (isIP(host) && isDenied(host)) throw refuse(host);
		},
		lookup(hostname, options, done) {
			dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
				if (error) return done(error, []);
				const denied = addresses.find(({ address }) => isDenied(address));
				if (denied) return done(refuse(`${denied.address} (${hostname})`), []);
				const [first] = addresses;
				return options.all || !first ? done(null, addresses) : done(null, first.address, first.family);
			});
		},
	};
}
