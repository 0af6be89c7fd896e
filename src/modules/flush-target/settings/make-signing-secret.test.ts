import { expect, it } from 'vitest';
import { signingSecretProblem } from '../../../kernel/core/signing-secret.js';
import { makeSigningSecret } from './make-signing-secret.js';

it('makes a secret that is taken, another one each time', () => {
	const secrets = Array.from({ length: 20 }, makeSigningSecret);
	expect(secrets.map(signingSecretProblem)).toEqual(secrets.map(() => null));
	expect(new Set(secrets).size).toBe(20);
});
