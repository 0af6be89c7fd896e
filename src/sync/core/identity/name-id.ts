import { createHash } from 'node:crypto';

/** Names what sync ids are made of. */
const NAMESPACE = Buffer.from('6a1fd3f62d0e5c0c9d0c0b5f7a3d8e21', 'hex');

/** The same UUID for the same name, on every instance: version 5 of RFC 9562, section 5.5. */
export function nameId(name: string): string {
	const hash = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
	hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
	hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
	const hex = hash.toString('hex');
	return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
