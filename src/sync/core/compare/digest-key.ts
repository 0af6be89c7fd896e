import { createHmac } from 'node:crypto';

/** The header in which the asking instance names the key that it compares digests with. */
export const DIGEST_KEY_HEADER = 'x-downstream-digest-key';

/** The key for the digests of one link, so that no third party can test values against them. */
export interface DigestKey {
	key: Buffer;
	/** Shows the other end whether it has the same key, without revealing it. */
	name: string;
}

/** @param secret the credential, or token of Directus, that one end uses at the other */
export function digestKeyOf(secret: string): DigestKey {
	const key = createHmac('sha256', secret).update('downstream: key of digests').digest();
	return { key, name: createHmac('sha256', key).update('name').digest('hex').slice(0, 16) };
}

/**
 * The key that both ends have: the named one, if it belongs to the secret that came with the request. null if none was
 * named (an older version), or if a proxy exchanges tokens: then digests are made without a key.
 */
export function sharedDigestKey(named: string | null, secret: string | null): DigestKey | null {
	if (named === null || secret === null) return null;
	const key = digestKeyOf(secret);
	return key.name === named ? key : null;
}
