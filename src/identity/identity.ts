import type { IdentityStatus } from '../contract/answers/status.js';
import { withLock } from '../kernel/database/with-lock.js';
import type { Clock, Logger } from '../kernel/ports.js';
import type { Knex } from 'knex';
import { differenceOf, type Place } from './core/identity.js';
import { decidedToken } from './core/starts.js';
import { REMOTE_SOURCES, type IdentityDecision } from '../contract/vocabulary.js';
import { recordOperation } from '../delivery/tables/operation-table.js';
import { knownPlace, noteArrival, savePlace } from './tables/place-table.js';
import { endDispute, leaveStart, readDispute, saveDispute } from './tables/start-table.js';
import { forgetInstanceId } from './tables/instance-id.js';

export interface IdentityPorts {
	database: Knex;
	clock: Clock;
	logger: Logger;
	/** `DOWNSTREAM_IDENTITY`: the answer for instances whose place changes while nobody is there to be asked. */
	setting: 'moved' | 'copy' | undefined;
	readPlace(): Promise<Place>;
	/** Reads the id of this instance, its peers and the rules again. */
	reload(): Promise<void>;
	/** Whether this instance has never had anything to do with a target or another instance. */
	isUnused(database: Knex): Promise<boolean>;
	/** This is a copy: gives up what is the original's to send. */
	leaveToOriginal(transaction: Knex, now: number): Promise<void>;
	/** This instance goes back to a backup and gets a new name: keeps in mind what the former one had. */
	rememberOrigin(transaction: Knex): Promise<void>;
	/** Stops sending to a target until somebody resumes it. */
	pause(target: string, reason: string): Promise<void>;
}

/** Why a remote is paused after a restore. */
const COMPARE_FIRST =
	'This instance was restored from a backup. Compare it with this remote and repair what differs, then resume.';

const QUESTION =
	'Nothing is sent or taken in until you say what happened: "downstream identity moved" (this is the only one), "copy" (the original goes on elsewhere) or "restored" (it went back to a backup).';

/**
 * Whether this instance is itself. A copy of a database brings along targets, links and queues of the original, and would
 * act in its name; so an instance that wakes up in another place sends nothing and takes nothing in until somebody, or
 * `DOWNSTREAM_IDENTITY`, has said what it is. Changes are recorded meanwhile.
 */
export function createIdentity(ports: IdentityPorts) {
	const { database, clock, logger } = ports;
	let current: Place = {};
	let reason: string | null = null;

	/** A remote has noticed two instances with this name; only a person can know which one is the original. */
	async function dispute(message: string): Promise<void> {
		if (reason !== null) return;
		await saveDispute(database, message);
		hold(message);
	}

	function hold(why: string): void {
		reason = why;
		logger.error(`[downstream] Is this instance itself? ${sentence(why)} ${QUESTION}`);
	}

	/** Compares where this instance lives with where it lived; to be called once its tables are there. */
	async function settle(): Promise<void> {
		current = await ports.readPlace();
		await leaveStart(database, newToken(clock.random));
		await withLock(database, clock, 'identity', async () => {
			const known = await knownPlace(database);
			const difference = known && differenceOf(known, current);
			if (!difference) {
				// What could not be found out this time stays as it was.
				await savePlace(database, { ...known, ...current });
				reason = await readDispute(database);
				return;
			}
			await noteArrival(database, current, clock.now());
			if (ports.setting) {
				logger.warn(`[downstream] ${difference}; DOWNSTREAM_IDENTITY says "${ports.setting}"`);
				await apply(ports.setting, null, `DOWNSTREAM_IDENTITY; ${difference}`);
			} else if (await ports.isUnused(database)) {
				// A fresh instance made from an image: it has done nothing yet that could be mistaken for another instance.
				await startAfresh(database, current);
				await ports.reload();
			} else {
				hold(difference);
			}
		});
	}

	/** Notices a decision that was made on another node. */
	async function refresh(): Promise<void> {
		if (reason === null) return void (reason = await readDispute(database));
		reason = await whyHeld(database, current);
		if (reason === null) await ports.reload();
	}

	/**
	 * Carries out what somebody says this instance is. People may also say "copy" or "restored" when nothing was noticed.
	 * @returns false where it has moved, but nothing is held
	 */
	async function decide(decision: IdentityDecision, user: string | null, why: string | null): Promise<boolean> {
		await refresh();
		if (reason === null && decision === 'moved') return false;
		await withLock(database, clock, 'identity', () => apply(decision, user, why));
		return true;
	}

	async function apply(decision: IdentityDecision, user: string | null, why: string | null): Promise<void> {
		await writeDecision(ports, current, { decision, user, why });
		if (decision === 'restored')
			for (const id of await publishedRemotes(database)) await ports.pause(id, COMPARE_FIRST);
		reason = null;
		await ports.reload();
		logger.info(`[downstream] identity: ${decision}`);
	}

	return {
		settle,
		refresh,
		decide,
		dispute,
		isHeld: () => reason !== null,
		status: () => statusOf(reason),
	};
}

/** Why nothing may be sent: the database is in another place, or another instance uses this name. */
async function whyHeld(database: Knex, current: Place): Promise<string | null> {
	const known = await knownPlace(database);
	return (known && differenceOf(known, current)) ?? (await readDispute(database));
}

const startAfresh = (database: Knex, place: Place): Promise<void> =>
	database.transaction(async (transaction) => {
		await forgetInstanceId(transaction);
		await savePlace(transaction, place);
	});

/** What somebody has said this instance is: all that follows of it, in one transaction. */
async function writeDecision(
	{ database, clock, leaveToOriginal, rememberOrigin }: IdentityPorts,
	current: Place,
	{ decision, user, why }: { decision: IdentityDecision; user: string | null; why: string | null },
): Promise<void> {
	const now = clock.now();
	await database.transaction(async (transaction) => {
		if (decision === 'restored') await rememberOrigin(transaction);
		if (decision !== 'moved') await forgetInstanceId(transaction);
		if (decision === 'copy') await leaveToOriginal(transaction, now);
		await savePlace(transaction, current);
		await endDispute(transaction);
		await leaveStart(transaction, decidedToken(newToken(clock.random)));
		await recordOperation(transaction, {
			id: clock.id(),
			at: now,
			user,
			action: 'identity',
			target: null,
			detail: { decision, reason: why },
		});
	});
}

const statusOf = (reason: string | null): IdentityStatus => ({
	state: reason === null ? 'known' : 'held',
	reason: reason && `${sentence(reason)} ${QUESTION}`,
});

const newToken = (random: () => number): string =>
	Math.floor(random() * 36 ** 8)
		.toString(36)
		.padStart(8, '0');

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

async function publishedRemotes(database: Knex): Promise<string[]> {
	if (!(await database.schema.hasTable(REMOTE_SOURCES))) return [];
	return (await database(REMOTE_SOURCES).where({ status: 'published' }).select<{ id: string }[]>('id')).map(
		({ id }) => id,
	);
}
