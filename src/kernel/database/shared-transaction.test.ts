import type { Knex } from 'knex';
import { describe, expect, it } from 'vitest';
import { createSharedTransaction, type JointWrite } from './shared-transaction.js';

/** A database that remembers what was written in which transaction; "past" is past all of them. */
function record() {
	const log: string[] = [];
	let opened = 0;
	const writer = (name: string) => ({ write: (what: string) => log.push(`${name}: ${what}`) });
	const database = {
		...writer('past'),
		async transaction(work: (transaction: unknown) => Promise<unknown>) {
			const name = `transaction ${++opened}`;
			const result = await work(writer(name));
			log.push(`${name}: commit`);
			return result;
		},
	} as unknown as Knex;
	return { together: createSharedTransaction(database), log };
}

const write = (knex: Knex, what: string) => (knex as unknown as { write(what: string): void }).write(what);

const kind = (name: string, isOneStatement = false): JointWrite<string, string> => ({
	isOneStatement: () => isOneStatement,
	async write(transaction, inputs) {
		write(transaction, `${name} ${inputs.join(' ')}`);
		if (inputs.includes('bad')) throw new Error('bad');
		return inputs.map((input) => input.toUpperCase());
	},
});

describe('createSharedTransaction', () => {
	it('writes all that is asked for together in one transaction, each kind once', async () => {
		const { together, log } = record();
		const [take, settle] = [kind('take'), kind('settle')];
		const results = await Promise.all([
			together.joined(take, 'a'),
			together(async (transaction) => write(transaction, 'plan')),
			together.joined(settle, 'b'),
			together.joined(take, 'c'),
		]);
		expect([results[0], results[2], results[3]]).toEqual(['A', 'B', 'C']);
		expect(log).toEqual([
			'transaction 1: take a c',
			'transaction 1: plan',
			'transaction 1: settle b',
			'transaction 1: commit',
		]);
	});

	it('opens no transaction for one statement, unless something else goes along', async () => {
		const { together, log } = record();
		const single = kind('take', true);
		await Promise.all([together.joined(single, 'a'), together.joined(single, 'b')]);
		await Promise.all([together.joined(single, 'c'), together.joined(kind('settle'), 'd')]);
		expect(log).toEqual([
			'past: take a b',
			'transaction 1: take c',
			'transaction 1: settle d',
			'transaction 1: commit',
		]);
	});

	it("does not fail one caller for another's error", async () => {
		const { together, log } = record();
		const take = kind('take');
		const results = await Promise.allSettled([
			together.joined(take, 'a'),
			together.joined(take, 'bad'),
			together(async (transaction) => write(transaction, 'plan')),
		]);
		expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
		expect(log.filter((line) => line.endsWith('commit'))).toHaveLength(2);
		expect(await together.joined(take, 'later')).toBe('LATER');
	});

	it('fails what fails by itself at once, without a second try', async () => {
		const { together, log } = record();
		await expect(together.joined(kind('take'), 'bad')).rejects.toThrow('bad');
		expect(log).toEqual(['transaction 1: take bad']);
	});
});
