import type { Verdict } from '../../delivery/core/verdict.js';
import type { WireResponse } from '../../kernel/core/wire.js';

/** An answer that means "you may not", with what to check. null for every other status. */
export function judgeRefusal({ status, body }: WireResponse, provider: string, check: string): Verdict | null {
	if (status !== 401 && status !== 403) return null;
	const excerpt = summary(body);
	return {
		kind: 'failed',
		code: `HTTP_${status}`,
		message: `${provider} answered ${status}${excerpt ? ` (${excerpt})` : ''}: ${check}`,
	};
}

/** A 2xx that is not the one this provider promises: something else answers there. null for the promised one. */
export function judgeUnexpected({ status }: WireResponse, provider: string, expected: number): Verdict | null {
	if (status < 200 || status >= 300 || status === expected) return null;
	return {
		kind: 'failed',
		code: `HTTP_${status}`,
		message: `expected ${expected}, as ${provider} answers to a purge, got ${status}: check base_url`,
	};
}

function summary(body: string): string {
	const text = body
		.replace(/<[^<>]*>/g, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
