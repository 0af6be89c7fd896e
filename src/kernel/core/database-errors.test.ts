import { expect, test } from 'vitest';
import { hasEndedTransaction, hasLostRace, isPassingDatabaseCode } from './database-errors.js';

test.each(['40P01', '40001', 'ER_LOCK_DEADLOCK', 'ER_CHECKREAD', 'SQLITE_BUSY'])('tries again after %s', (code) => {
	expect(hasLostRace({ code })).toBe(true);
	expect(isPassingDatabaseCode(code)).toBe(true);
});

test('tells what ended the transaction from what ended a statement', () => {
	expect(hasEndedTransaction({ code: 'ER_LOCK_DEADLOCK' })).toBe(true);
	expect(hasEndedTransaction({ code: 'SQLITE_BUSY' })).toBe(false);
	expect(hasEndedTransaction({ code: '23505' })).toBe(false);
});

test('takes anything that is thrown', () => {
	for (const thrown of [null, undefined, 'a text', 7, {}]) {
		expect(hasLostRace(thrown)).toBe(false);
		expect(hasEndedTransaction(thrown)).toBe(false);
	}
});
