import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Directus' own default (`IMPORT_IP_DENY_LIST`): this machine, and the clouds' metadata service. */
export const DEFAULT_DENY_LIST = ['0.0.0.0', '169.254.169.254'];

/** Says which addresses requests may not go to. */
export interface AddressGuard {
	/** What is wrong with the deny list, so that every address is refused; null where it can be read. */
	problem: string | null;
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

/** Where a deny list comes from. */
export interface DenyList {
	/** The setting that holds it, to be named where it is wrong or in the way. */
	name: string;
	entries: readonly string[];
}

/**
 * Refuses addresses with the same syntax as Directus' `IMPORT_IP_DENY_LIST`: addresses, subnets (`10.0.0.0/8`) and
 * ranges (`10.0.0.1-10.0.0.9`), where `0.0.0.0` stands for every interface of this machine as well. With an entry that
 * is none of these every address is refused, so that a typing error permits nothing; `problem` says which.
 */
export function createAddressGuard({ name, entries }: DenyList): AddressGuard {
	const blocked = new BlockList();
	const wrong = entries.filter((entry) => !deny(blocked, entry));
	const problem =
		wrong.length === 0
			? null
			: `expected IP addresses, subnets such as 10.0.0.0/8, or ranges such as 10.0.0.1-10.0.0.9 (host names are none), got ${wrong.map((entry) => `"${entry}"`).join(', ')}`;
	// BlockList compares IPv4-mapped IPv6 addresses (::ffff:127.0.0.1) with its IPv4 entries itself.
	const isDenied = (address: string) => blocked.check(address, familyOf(address));
	const refuse = (address: string) =>
		new DeniedAddress(
			`requests to ${address} are not allowed by DOWNSTREAM_IP_DENY_LIST (by default IMPORT_IP_DENY_LIST); set it if this address is meant`,
		);
	const refuseAll = () => new DeniedAddress(`nothing is sent before ${name} is fixed: ${problem}`);

	return {
		problem,
		checkUrl(url) {
			if (problem !== null) throw refuseAll();
			// URL has already turned decimal, octal and hexadecimal spellings into the usual one.
			const host = url.hostname.replace(/^\[|\]$/g, '');
			if (isIP(host) && isDenied(host)) throw refuse(host);
		},
		lookup(hostname, options, done) {
			if (problem !== null) return done(refuseAll(), []);
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

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** Blocks the addresses of an entry; false where it is not a valid one. */
function deny(blocked: BlockList, entry: string): boolean {
	const [network = '', prefix, ...more] = entry.split('/');
	const [from = '', to, ...beyond] = entry.split('-');
	try {
		if (entry === '0.0.0.0') {
			blocked.addSubnet('0.0.0.0', 8, 'ipv4');
			blocked.addSubnet('127.0.0.0', 8, 'ipv4');
			blocked.addAddress('::', 'ipv6');
			blocked.addAddress('::1', 'ipv6');
			for (const { address } of Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []))
				blocked.addAddress(address.split('%')[0] ?? address, familyOf(address.split('%')[0] ?? address));
		} else if (prefix !== undefined) {
			if (more.length > 0 || !/^\d+$/.test(prefix) || !isIP(network)) return false;
			blocked.addSubnet(network, Number(prefix), familyOf(network));
		} else if (to !== undefined) {
			if (beyond.length > 0 || !isIP(from) || !isIP(to)) return false;
			blocked.addRange(from, to, familyOf(from));
		} else {
			if (!isIP(entry)) return false;
			blocked.addAddress(entry, familyOf(entry));
		}
		return true;
	} catch {
		// A prefix that is too long, a range that ends before it begins.
		return false;
	}
}
