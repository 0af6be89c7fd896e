import { expect, test } from 'vitest';
import { until } from './wait.js';

test('gives what the condition gives, as soon as it gives something', async () => {
	let tries = 0;
	expect(await until(() => (++tries === 3 ? 'third' : null), { interval: 1 })).toBe('third');
});

test('takes an error for a no', async () => {
	let tries = 0;
	const condition = async () => {
		if (++tries < 3) throw new Error('not yet');
		return tries;
	};
	expect(await until(condition, { interval: 1 })).toBe(3);
});

test('tells what it waited for, and the last error of the condition', async () => {
	const fails = () => {
		throw new Error('refused');
	};
	const error = await until(fails, { timeout: 20, interval: 5, message: () => 'the row' }).catch((thrown) => thrown);
	expect(error).toMatchObject({ message: 'Waited 20 ms in vain for the row', cause: { message: 'refused' } });
});
