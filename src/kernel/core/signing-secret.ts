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
