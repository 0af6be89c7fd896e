/** Why no answer came, roughly. */
export type TransportFault = 'name' | 'refused' | 'unreachable' | 'closed' | 'slow' | 'certificate' | 'denied';

/** The errors of node, undici and OpenSSL that people meet, and what they mean. */
const ERRORS: Record<string, { fault: TransportFault | null; sentence: string }> = {
	ENOTFOUND: { fault: 'name', sentence: 'the host name does not exist' },
	EAI_AGAIN: { fault: 'name', sentence: 'the host name could not be looked up just now' },
	ECONNREFUSED: { fault: 'refused', sentence: 'nothing listens there (connection refused)' },
	EHOSTUNREACH: { fault: 'unreachable', sentence: 'the host cannot be reached' },
	ENETUNREACH: { fault: 'unreachable', sentence: 'the network cannot be reached' },
	ECONNRESET: { fault: 'closed', sentence: 'the connection was closed before an answer came' },
	ECONNABORTED: { fault: 'closed', sentence: 'the connection was closed before an answer came' },
	EPIPE: { fault: 'closed', sentence: 'the connection was closed before an answer came' },
	UND_ERR_SOCKET: { fault: 'closed', sentence: 'the connection was closed before an answer came' },
	UND_ERR_CONNECT_TIMEOUT: { fault: 'slow', sentence: 'no connection within 10 s' },
	ETIMEDOUT: { fault: 'slow', sentence: 'the connection timed out' },
	CERT_HAS_EXPIRED: { fault: 'certificate', sentence: 'its TLS certificate has expired' },
	DEPTH_ZERO_SELF_SIGNED_CERT: { fault: 'certificate', sentence: 'its TLS certificate is self-signed' },
	SELF_SIGNED_CERT_IN_CHAIN: { fault: 'certificate', sentence: 'its TLS certificate is self-signed' },
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: { fault: 'certificate', sentence: 'its TLS certificate cannot be verified' },
	ERR_TLS_CERT_ALTNAME_INVALID: { fault: 'certificate', sentence: 'its TLS certificate is for another host' },
	UND_ERR_HEADERS_OVERFLOW: { fault: null, sentence: 'its answer has more than 16 KiB of headers' },
	ADDRESS_DENIED: { fault: 'denied', sentence: 'requests to this address are not allowed' },
};

/** What an error's code means, for people; null for a code that is rarely met. */
export const transportSentence = (code: string): string | null => own(code)?.sentence ?? null;

/** What kind of fault a code names; null where that is not known. */
export function transportFault(code: string): TransportFault | null {
	const known = own(code);
	if (known) return known.fault;
	if (/CERT|SIGNATURE|TLS|SSL/.test(code)) return 'certificate';
	return /TIMEOUT|TIMEDOUT/i.test(code) ? 'slow' : null;
}

/** Whether with this error nothing can have been sent: there never was a connection. */
export const wasNeverSent = (code: string): boolean =>
	code === 'UND_ERR_CONNECT_TIMEOUT' ||
	/CERT|SIGNATURE/.test(code) ||
	['name', 'refused', 'unreachable', 'denied'].includes(transportFault(code) ?? '');

const own = (code: string) => (Object.hasOwn(ERRORS, code) ? ERRORS[code] : undefined);
