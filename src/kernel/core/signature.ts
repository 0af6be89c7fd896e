import { createHmac } from 'node:crypto';
import type { WireRequest } from './wire.js';

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
