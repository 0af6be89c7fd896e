import { expect, test } from 'vitest';
import { transportFault, transportSentence, wasNeverSent } from './transport-errors.js';

test('says what a code means', () => {
	expect(transportSentence('ENOTFOUND')).toBe('the host name does not exist');
	expect(transportSentence('ODD')).toBeNull();
	expect(transportSentence('constructor')).toBeNull();
});

test('tells kinds of faults apart, also for codes that no list has', () => {
	expect(
		['EAI_AGAIN', 'EPIPE', 'ERR_SSL_WRONG_VERSION_NUMBER', 'UND_ERR_HEADERS_TIMEOUT', 'ODD'].map(transportFault),
	).toEqual(['name', 'closed', 'certificate', 'slow', null]);
});

test('knows that nothing was sent where there was no connection', () => {
	const codes = ['ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED', 'ECONNRESET', 'TIMEOUT', 'ETIMEDOUT'];
	expect(codes.map(wasNeverSent)).toEqual([true, true, true, false, false, false]);
});
