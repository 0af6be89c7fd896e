import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAddressGuard } from './address-guard.js';

const guard = (entries: string[]) => createAddressGuard({ name: 'IMPORT_IP_DENY_LIST', entries });
const url = (host: string) => new URL(`http://${host}/`);

describe('a deny list', () => {
	test.each([
		[['10.0.0.1'], '10.0.0.1'],
		[['10.0.0.0/8'], '10.200.0.1'],
		[['10.0.0.1-10.0.0.9'], '10.0.0.5'],
		[['::1'], '[::1]'],
		[['fd00::/8'], '[fd12::1]'],
		[['0.0.0.0'], '127.0.0.1'],
		[['0.0.0.0'], '0x7f000001'],
	])('%j refuses %s', (entries, host) => {
		expect(guard(entries).problem).toBeNull();
		expect(() => guard(entries).checkUrl(url(host))).toThrow(/not allowed/);
		expect(() => guard(entries).checkUrl(url('192.0.2.7'))).not.toThrow();
	});

	test.each([
		'internal.example',
		'localhost',
		'10.0.0.0/',
		'10.0.0.0/33',
		'10.0.0.0/8/8',
		'10.0.0.9-10.0.0.1',
		'10.0.0',
		'1.2.3.4-',
	])('refuses every address, names the setting, and does not throw, when it holds %s', async (entry) => {
		const closed = guard(['10.0.0.1', entry]);
		expect(closed.problem).toContain(`"${entry}"`);
		expect(() => closed.checkUrl(url('192.0.2.7'))).toThrow(/IMPORT_IP_DENY_LIST is fixed/);
		const answer = await new Promise((resolve) => closed.lookup('localhost', {}, (error) => resolve(error)));
		expect(String(answer)).toMatch(/IMPORT_IP_DENY_LIST is fixed/);
	});

	test('never throws when it is made', () => {
		const entry = fc.oneof(
			fc.string(),
			fc.ipV4(),
			fc.ipV6(),
			fc.tuple(fc.ipV4(), fc.integer()).map(([ip, bits]) => `${ip}/${bits}`),
		);
		fc.assert(fc.property(fc.array(entry), (entries) => void guard(entries)));
	});
});
