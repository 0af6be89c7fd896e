import { hash as digestOf } from 'node:crypto';
import { canonical } from '../same-value.js';
import type { WireValue } from './row-state.js';

/**
 * 16 hex digits that are the same on every instance for a row with the same values, and nobody has to send the values to
 * compare them. null and "not there" are the same.
 *
 * @param values in wire form (`toWire`)
 */
export function rowDigest(syncId: string, values: Record<string, WireValue>): string {
	let content = JSON.stringify(syncId);
	for (const field of Object.keys(values).sort()) {
		const value = values[field];
		if (value !== null && value !== undefined) content += `\n${JSON.stringify(field)}:${plain(value)}`;
	}
	return hash(content, 16);
}

/** By name, 8 hex digits of each field's value, to say which fields of two rows differ; none for empty fields. */
export function fieldDigests(values: Record<string, WireValue>): Record<string, string> {
	const digests: Record<string, string> = {};
	for (const [field, value] of Object.entries(values)) {
		if (value !== null && value !== undefined) digests[field] = hash(plain(value), 8);
	}
	return digests;
}

const plain = (value: WireValue): string => (typeof value === 'object' ? canonical(value) : JSON.stringify(value));

/** MD5 is quick and spread well; nobody is kept out by it. */
export const hash = (content: string, digits: number): string => digestOf('md5', content, 'hex').slice(0, digits);
