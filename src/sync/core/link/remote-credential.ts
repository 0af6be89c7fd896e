import { createHash } from 'node:crypto';

/**
 * How a secret of Downstream travels: in `Authorization` under its own scheme, which Directus ignores and keeps out of its
 * log; or in its own header, if a proxy needs `Authorization` for itself.
 */
interface Way {
	scheme: string;
	header: string;
}

/** The credential that a paired instance sends instead of a token of Directus. */
export const CREDENTIAL: Way = { scheme: 'Downstream', header: 'x-downstream-remote' };

/** The code that it redeems for one. */
export const CODE: Way = { scheme: 'Downstream-Code', header: 'x-downstream-code' };

/** The secret of a request, sent in either way; null without one. */
export function broughtBy(
	{ scheme, header }: Way,
	headers: Record<string, string | string[] | undefined>,
): string | null {
	const [own, shared] = [headers[header], headers['authorization']];
	if (typeof own === 'string' && own !== '') return own;
	const [given, secret, ...more] = typeof shared === 'string' ? shared.split(' ') : [];
	return given?.toLowerCase() === scheme.toLowerCase() && secret && more.length === 0 ? secret : null;
}

/** @param extra the other headers, of which one may be `Authorization` */
function headersFor({ scheme, header }: Way, secret: string, extra: Record<string, string>): Record<string, string> {
	const isTaken = Object.keys(extra).some((name) => name.toLowerCase() === 'authorization');
	return isTaken ? { [header]: secret } : { authorization: `${scheme} ${secret}` };
}

/** Distinguishes a credential from a token of Directus. */
const PREFIX = 'dsr_';

/** How long a code for pairing can be redeemed. */
export const CODE_LASTS_MS = 15 * 60_000;

export const isCredential = (key: string): boolean => key.startsWith(PREFIX);

/** @param random 32 random bytes or more */
export const credentialOf = (random: Buffer): string => PREFIX + random.toString('base64url');

/** The form in which a secret is stored. It is random, so one hash is enough. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** The header that carries a key: a credential, or a token of Directus; none without a key. */
export function keyHeaders(key: string | null, extra: Record<string, string> = {}): Record<string, string> {
	if (!key) return {};
	return isCredential(key) ? headersFor(CREDENTIAL, key, extra) : { authorization: `Bearer ${key}` };
}

/** The headers that send a code to the instance that made it. */
export const codeHeaders = (code: string, extra: Record<string, string> = {}): Record<string, string> =>
	headersFor(CODE, code, extra);

/** Which instance a sender claims to be, and what is known of both. */
export interface Claim {
	/** The instance that it says it is. */
	from: string;
	/** Its credential, or the user of its token. */
	by: { credential: { instance: string } } | { user: string | null; admin: boolean };
	/** Whether some credential here is bound to that instance. */
	isPaired: boolean;
	/** The user that the instance first came as without a credential, while that user may still sync; else null. */
	cameAs: string | null;
}

/** `remember`: this instance comes for the first time. */
export type ClaimAnswer = { accepted: true; remember: boolean } | { refused: string; code: string };

/** Whether an instance is believed to be who it says it is, and what is to be remembered of that. */
export function judgeClaim({ from, by, isPaired, cameAs }: Claim): ClaimAnswer {
	if ('credential' in by) {
		const bound = by.credential.instance;
		if (bound === from) return { accepted: true, remember: false };
		return {
			code: 'OTHER_INSTANCE',
			refused: `this credential belongs to the instance ${bound}, and it came with the name of ${from}: pair the two again`,
		};
	}
	if (isPaired)
		return {
			code: 'PAIRED',
			refused: `the instance ${from} is paired with this one and has to use its credential: put that into api_key there, or unpair its remote source here`,
		};
	if (by.admin || cameAs === by.user) return { accepted: true, remember: false };
	if (cameAs === null) return { accepted: true, remember: true };
	return {
		code: 'OTHER_USER',
		refused: `the instance ${from} is known here by another user: let it use that user's token, or pair the two`,
	};
}

/** Codes with which an instance refuses another. */
export const CLAIM_REFUSALS = ['UNKNOWN_CREDENTIAL', 'OTHER_INSTANCE', 'PAIRED', 'OTHER_USER', 'REMOTE_OFF'];
