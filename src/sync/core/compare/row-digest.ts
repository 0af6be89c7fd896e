import { createHmac, hash as digestOf } from 'node:crypto';
import { canonical } from '../../../kernel/core/same-value.js';
import type { DigestKey } from './digest-key.js';
import type { WireValue } from '../merge/row-state.js';

/**
 * 16 hex digits that both ends of a link get for a row with the same values, so that nobody has to send the values to
 * compare them. null and "not there" are the same.
 *
 * @param values in wire form (`toWire`)
 * @param key of the link; null if the other end makes digests without one, as older versions do
 */
export function rowDigest(syncId: string, values: Record<string, WireValue>, key: DigestKey | null = null): string {
	let content = JSON.stringify(syncId);
	for (const field of Object.keys(values).sort()) {
		const value = values[field];
		if (value !== null && value !== undefined) content += `\n${JSON.stringify(field)}:${plain(value)}`;
	}
	return key ? keyed(key, `row\n${content}`, 16) : hash(content, 16);
}

/**
 * By name, 8 hex digits of each field's value, to say which fields of two rows differ; none for empty fields. With a key
 * they do not tell which rows or fields have the same value either.
 */
export function fieldDigests(
	syncId: string,
	values: Record<string, WireValue>,
	key: DigestKey | null = null,
): Record<string, string> {
	const digests: Record<string, string> = {};
	for (const [field, value] of Object.entries(values)) {
		if (value === null || value === undefined) continue;
		digests[field] = key
			? keyed(key, `field\n${JSON.stringify(syncId)}\n${JSON.stringify(field)}:${plain(value)}`, 8)
			: hash(plain(value), 8);
	}
	return digests;
}

const plain = (value: WireValue): string => (typeof value === 'object' ? canonical(value) : JSON.stringify(value));

const keyed = (key: DigestKey, content: string, digits: number): string =>
	createHmac('sha256', key.key).update(content).digest('hex').slice(0, digits);

/** MD5 is quick and spreads well; it protects nothing here. */
export const hash = (content: string, digits: number): string => digestOf('md5', content, 'hex').slice(0, digits);
