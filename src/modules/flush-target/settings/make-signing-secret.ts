const BYTES = 32;

/** A signing secret of Standard Webhooks: `whsec_` and the base64 of random bytes. */
export function makeSigningSecret(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
	return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}
