import { createHmac } from 'node:crypto';
import type { WireRequest } from '../../kernel/core/wire.js';

/** The secrets that a `signing_secret` field holds: one, or new and old separated by white space while rotating. */
export function signingSecrets(field: string | null): string[] {
	return (field ?? '').split(/\s+/).filter((secret) => secret !== '');
}

/** What is wrong with a signing secret, or null. */
export function signingSecretProblem(field: string): string | null {
	const secrets = signingSecrets(field);
	if (secrets.length > 2) return 'at most two signing secrets, the new and the old one, separated by a space';
	const bad = secrets.find(
		(secret) => !/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret) || Buffer.from(secret.slice(6), 'base64').length < 16,
	);
	return bad === undefined
		? null
		: 'a signing secret is "whsec_" and the base64 of at least 16 random bytes, better 24 to 64, e.g. from: echo whsec_$(openssl rand -base64 32)';
}

/**
 * The headers of Standard Webhooks 1.0 (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md):
 * an id that stays the same over retries, the time of this attempt in seconds, and where there are secrets one `v1`
 * signature for each, so that a receiver may know the old or the new one.
 * @param now ms since 1970
 */
function webhookHeaders(id: string, body: string, secrets: string[], now: number): Record<string, string> {
	const timestamp = String(Math.floor(now / 1000));
	const signatures = secrets.map(
		(secret) =>
			`v1,${createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
				.update(`${id}.${timestamp}.${body}`)
				.digest('base64')}`,
	);
	return {
		'webhook-id': id,
		'webhook-timestamp': timestamp,
		...(signatures.length > 0 ? { 'webhook-signature': signatures.join(' ') } : {}),
	};
}

/**
 * A request with the extra headers of its target, which never replace the adapter's own, and its signature.
 * @param as whether the adapter's receiver knows signatures, under which id and secrets, and the extra headers
 */
export function withSignature(
	request: WireRequest,
	as: {
		signs: boolean;
		id: string;
		secrets: string[];
		extra: Record<string, string> | undefined;
		credentialHeaders?: readonly string[] | undefined;
	},
	now: number,
): WireRequest {
	const extra = Object.fromEntries(Object.entries(as.extra ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
	const signature = as.signs ? webhookHeaders(as.id, request.body ?? '', as.secrets, now) : {};
	return {
		...request,
		headers: { ...extra, ...request.headers, ...signature },
		...(as.credentialHeaders ? { credentialHeaders: as.credentialHeaders } : {}),
	};
}
