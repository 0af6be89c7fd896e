import { describe, expect, test } from 'vitest';
import type { ConfigPorts, PushRecord } from './ports.js';
import { checkPushesBefore } from './push-after.js';

type Kept = Pick<PushRecord, 'id' | 'at' | 'user' | 'status' | 'error'>;
const kept = (id: string, status: PushRecord['status']): Kept => ({ id, at: 1_000, user: 'ann', status, error: null });

/** A history that holds these, newest first. */
function historyOf(...pushes: Kept[]) {
	const history = {
		list: async () => ({ pushes, total: pushes.length }),
		brokenOff: async () => pushes.filter(({ status }) => status === 'begun'),
		settle: async (id: string, status: PushRecord['status'], error: PushRecord['error']) =>
			void Object.assign(pushes.find((push) => push.id === id) ?? {}, { status, error }),
	};
	return { ports: { history } as unknown as ConfigPorts, pushes };
}
const check = (ports: ConfigPorts, expected: string | null = null, abandonBrokenOff = false) =>
	checkPushesBefore({ expect: expected, abandonBrokenOff }, ports);

describe('a push after others', () => {
	test('is refused after a broken push, and names it', async () => {
		const { ports } = historyOf(kept('c', 'failed'), kept('b', 'begun'), kept('a', 'applied'));
		await expect(check(ports)).rejects.toMatchObject({
			status: 409,
			code: 'PUSH_BROKEN_OFF',
			message: 'the push b was broken off half way, at 1970-01-01T00:00:01.000Z: finish it or revert it first',
			details: { push: 'b', by: 'ann' },
		});
	});

	test('goes on where that is given up, which its history says', async () => {
		const { ports, pushes } = historyOf(kept('b', 'begun'));
		await check(ports, null, true);
		expect(pushes).toMatchObject([{ id: 'b', status: 'partial', error: { code: 'ABANDONED' } }]);
		await check(ports);
	});

	test.each<[string, Kept[], string | null]>([
		['the one that is expected', [kept('b', 'applied'), kept('a', 'applied')], null],
		[
			'another',
			[kept('c', 'applied'), kept('b', 'applied')],
			'the last push is c of 1970-01-01T00:00:01.000Z, by the user ann, not b',
		],
		['a failed one, which changed nothing', [kept('c', 'failed'), kept('b', 'applied')], null],
		['a partial one', [kept('c', 'partial'), kept('b', 'applied')], 'the last push is c of'],
		['none', [], 'there has been no push yet, but b was expected'],
	])('that expects a last one is let through or refused: %s', async (_case, pushes, message) => {
		const result = check(historyOf(...pushes).ports, 'b');
		if (message === null) await result;
		else
			await expect(result).rejects.toMatchObject({
				status: 409,
				code: 'ANOTHER_PUSH',
				message: expect.stringContaining(message),
			});
	});

	test('may require that there was no push before', async () => {
		await check(historyOf(kept('a', 'failed')).ports, 'none');
		await expect(check(historyOf(kept('a', 'applied')).ports, 'none')).rejects.toMatchObject({ code: 'ANOTHER_PUSH' });
	});
});
