import { maskText } from '../kernel/core/mask.js';

/** Collects what must never be printed, and takes it out of texts. */
export function keepSecrets(): { add(value: string): void; hide(text: string): string } {
	const secrets = new Set<string>();
	return {
		add: (value) => void secrets.add(value),
		// The longest first: one may be part of another.
		hide: (text) =>
			maskText(
				text,
				[...secrets].toSorted((a, b) => b.length - a.length),
			),
	};
}
