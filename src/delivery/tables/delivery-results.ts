import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';
import type { Health } from '../core/target-health.js';
import type { Settlement } from '../ports.js';
import type { StoredAttempt } from '../stored.js';
import { insertAttempts } from './attempt-table.js';
import { caseOfTarget } from './case-of-target.js';
import type { JointWrite } from '../../kernel/database/shared-transaction.js';
import { leasesHeld } from '../../kernel/database/leases.js';
import { saveHealth } from './target-state-table.js';

const TABLE = 'downstream_deliveries';

/** What one sender has to write down. */
export interface Results {
	target: string;
	/** The lease token of the deliveries that it claimed. */
	token: string;
	/** The process that has to hold the target's lease, or what it knows of the target's health is old; null: unasked. */
	node: string | null;
	settlements: Settlement[];
	attempts: StoredAttempt[];
	/** null where it need not be written. */
	health: Health | null;
}

const plain = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 500);
const plainError = <E extends { code: string; message: string } | null>(error: E): E =>
	error === null ? error : { ...error, code: plain(error.code), message: plain(error.message) };

/** The same without anything that a receiver has said but in plain letters: any table can hold that. */
export const inPlainLetters = (results: Results): Results => ({
	...results,
	settlements: results.settlements.map((settlement) => ({
		...settlement,
		outcome:
			settlement.outcome.status === 'delivered'
				? settlement.outcome
				: { ...settlement.outcome, error: plainError(settlement.outcome.error) },
	})),
	attempts: results.attempts.map((attempt) => ({
		...attempt,
		request: { method: attempt.request.method, url: plain(attempt.request.url), headers: {}, body: null },
		response: attempt.response && { status: attempt.response.status, headers: {}, body: plain(attempt.response.body) },
		error: plainError(attempt.error),
	})),
	health: results.health && { ...results.health, lastError: plainError(results.health.lastError) },
});

/** Results per statement: well below the fewest bind variables that a supported database takes. */
const ROWS_PER_UPDATE = 500;
const TARGETS_PER_UPDATE = 50;

/** Writes what became of several targets' deliveries; of those that are still their sender's. */
export const RESULTS: JointWrite<Results, void> = { write: writeResults, isOneStatement: () => false };

async function writeResults(transaction: Knex, results: Results[]): Promise<void[]> {
	for (const group of inGroupsOf(TARGETS_PER_UPDATE, results)) await writeDelivered(transaction, group);
	for (const { token, settlements } of results)
		for (const settlement of settlements) await writeUndelivered(transaction, token, settlement);
	await insertAttempts(
		transaction,
		results.flatMap(({ attempts }) => attempts),
	);
	const healths = results.flatMap(({ target, health }): [string, Health][] => (health ? [[target, health]] : []));
	const isHeld = await whichAreHeld(transaction, results);
	await saveHealth(transaction, new Map(healths.filter(([target]) => isHeld(target))));
	return results.map(() => {});
}

/** A process that was stopped for a while does not overwrite what another one has learnt of a target meanwhile. */
async function whichAreHeld(transaction: Knex, results: Results[]): Promise<(target: string) => boolean> {
	const node = results.find(({ health }) => health !== null)?.node ?? null;
	if (node === null) return () => true;
	const asked = results.filter(({ health }) => health !== null).map(({ target }) => target);
	const held = await leasesHeld(transaction, asked, node);
	return (target) => held.has(target);
}

/** In one update, since this is what nearly all of them are. */
async function writeDelivered(transaction: Knex, results: Results[]): Promise<void> {
	const delivered = results.flatMap(({ target, token, settlements }) =>
		settlements
			.filter(({ outcome }) => outcome.status === 'delivered')
			.flatMap(({ deliveries, at }) => deliveries.map(({ id }) => ({ id, target, token, at }))),
	);
	for (const group of inGroupsOf(ROWS_PER_UPDATE, delivered)) {
		const times = new Map(group.map(({ target, at }) => [target, at]));
		await transaction(TABLE)
			.whereIn(
				'id',
				group.map(({ id }) => id),
			)
			.whereIn('lease_token', [...new Set(group.map(({ token }) => token))])
			.where({ status: 'sending' })
			.update({
				status: 'delivered',
				delivered_at: caseOfTarget(transaction, [...times], 'delivered_at'),
				tries: transaction.raw('?? + 1', ['tries']),
				error_code: null,
				error_message: null,
				lease_token: null,
			});
	}
}

async function writeUndelivered(transaction: Knex, token: string, settlement: Settlement): Promise<void> {
	const { deliveries, outcome } = settlement;
	if (outcome.status === 'delivered') return;
	const ids = deliveries.map(({ id }) => id);
	for (const group of inGroupsOf(ROWS_PER_UPDATE, ids))
		await transaction(TABLE)
			.whereIn('id', group)
			.where({ status: 'sending', lease_token: token })
			.update({
				status: outcome.status,
				error_code: outcome.error.code.slice(0, 64),
				error_message: outcome.error.message,
				lease_token: null,
				...(outcome.status === 'retrying' ? { next_at: outcome.nextAt } : {}),
				...(outcome.status === 'cancelled' ? { delivered_at: settlement.at } : {}),
				...(outcome.status !== 'cancelled' && outcome.counts ? { tries: transaction.raw('?? + 1', ['tries']) } : {}),
			});
}
