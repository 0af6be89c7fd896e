import { expect, it } from 'vitest';
import { adviceFor } from './advice.js';

const answered = (status: number) => adviceFor({ response: { status, headers: {}, body: '' }, error: null });
const broke = (code: string) => adviceFor({ response: null, error: { code, message: '' } });

it('says what to do about an answer', () => {
	expect([200, 302, 401, 404, 405, 422, 503].map(answered)).toEqual([
		null,
		'redirect',
		'key',
		'address',
		'method',
		null,
		'server',
	]);
});

it('says what to do when no answer came', () => {
	const codes = ['ENOTFOUND', 'ECONNREFUSED', 'CERT_HAS_EXPIRED', 'TIMEOUT', 'ADDRESS_DENIED', 'ODD'];
	expect(codes.map(broke)).toEqual(['name', 'refused', 'certificate', 'slow', 'denied', null]);
});
