import type { Knex } from 'knex';
import { setTimeout } from 'node:timers/promises';
import type { Chosen } from '../../contract/promote-routes.js';
import { previewRow } from '../core/compare/preview-counts.js';
import type { Promotion, Why } from '../../contract/answers/previews.js';
import type { TakenTogether } from '../../contract/sync-together.js';
import type { OperationName } from '../../contract/vocabulary.js';
import type { RemoteSource } from '../remote-source.js';
import type { SyncPorts } from '../sync-ports.js';
import { recordOperation } from '../../delivery/tables/operation-table.js';
import { gather, keysChosen, NotPromoted } from './gather.js';
import { nameReferences } from './name-references.js';
import { keepPromoted, keepSent } from './record-promoted.js';
import { askTogether, OutgoingSet, type RowsAsked } from './take-in-together.js';
import type { Hold } from '../core/rules/held-back.js';
import { messageOf } from '../../kernel/core/message-of.js';

export interface PromoteAsked {
	dryRun: boolean;
	/** The fingerprint of a preview that a user has agreed to. */
	expect?: string | undefined;
	user: string | null;
	reason?: string | undefined;
	action: OperationName;
	/** A release that was planned: it is known by this id, and what becomes of it is kept with it. */
	release?: { id: string; done(transaction: Knex, counts: Promotion['counts']): Promise<void> };
	/** The source is not stored: nothing is owed to it, and it is sent nothing more. */
	once?: Once;
}

/** What is known of an instance that is not a remote. */
export interface Once {
	peer: string;
	/** What of a collection does not fit there. */
	holdOn(collection: string): Pick<Hold, 'stop' | 'fields'> | null;
}

/** All of it was refused: why, row by row. */
export class PromotionRefused extends Error {
	readonly promotion: Promotion;
	constructor(promotion: Promotion, message: string) {
		super(message);
		this.promotion = promotion;
	}
}

type PromotePorts = SyncPorts<
	'clock' | 'database' | 'getSchema' | 'http',
	| 'ensureFits'
	| 'hasMoved'
	| 'identityOf'
	| 'instance'
	| 'keepPlan'
	| 'meet'
	| 'modeOf'
	| 'peer'
	| 'previewPorts'
	| 'reads'
>;

/** How often it is begun anew where the same rows are edited meanwhile. */
const TRIES = 5;

/** Brings chosen items, and what they need, to another instance: all of them or none. */
export const promote = async (
	ports: PromotePorts & SyncPorts<'items'>,
	source: RemoteSource,
	{ chosen, ...asked }: PromoteAsked & { chosen: Chosen },
): Promise<Promotion> => promoteRows(ports, source, await keysChosen(ports, chosen), asked);

/** The same of rows that are known by their keys, and of deletions. */
export async function promoteRows(
	ports: PromotePorts,
	source: RemoteSource,
	rows: RowsAsked[],
	asked: PromoteAsked,
): Promise<Promotion> {
	const { sync } = ports;
	if (!asked.once) {
		await sync.meet(source);
		if (sync.modeOf(source.id) === 'plain')
			throw new NotPromoted(
				'NO_EXTENSION',
				'Downstream is missing there, and without it rows cannot be taken in together',
			);
		await sync.ensureFits(source);
	}
	for (let left = TRIES; ; left -= 1) {
		try {
			return await tryToPromote(ports, source, rows, asked);
		} catch (error) {
			if (left <= 1 || !sync.hasMoved(error)) throw error;
		}
	}
}

async function tryToPromote(
	ports: SyncPorts<
		'clock' | 'database' | 'getSchema' | 'http',
		'identityOf' | 'instance' | 'keepPlan' | 'peer' | 'previewPorts' | 'reads'
	>,
	source: RemoteSource,
	rows: RowsAsked[],
	asked: PromoteAsked,
): Promise<Promotion> {
	const { clock, database, sync } = ports;
	const peer = asked.once ? asked.once.peer : sync.peer(source.id);
	const run = asked.release?.id ?? clock.id();
	const set = new OutgoingSet(ports, source, {
		operation: run,
		isEverything: true,
		peer,
		chosenAt: { now: clock.now(), always: asked.once !== undefined },
		...(asked.once ? { holdOn: asked.once.holdOn } : {}),
	});
	const { taken, why } = await gather(ports, source, set, rows);
	const shownOf = async (outcome: TakenTogether): Promise<Promotion> => {
		const promotion = promotionOf(outcome, { set, why, rows, source });
		return { ...promotion, rows: await nameReferences(ports, source, { set, rows: promotion.rows }) };
	};
	const planned = await shownOf(taken);
	if (asked.dryRun) return planned;
	if (asked.expect !== undefined && asked.expect !== taken.fingerprint) throw new PromotionRefused(planned, MOVED);
	const refused = refusalIn(planned);
	if (refused) throw new PromotionRefused(planned, refused);
	if (set.changes().length === 0) return planned;
	await database.transaction((transaction) =>
		keepPromoted(transaction, ports, { set, peer, once: asked.once ? source.id : null }),
	);
	const changes = set.changes();
	const done = await askTogether(ports, source, { changes, dry_run: false, shown: 0, expect: taken.fingerprint });
	if (!done.written) {
		const promotion = await shownOf(done);
		throw new PromotionRefused(promotion, refusalIn(promotion) ?? MOVED);
	}
	await database.transaction(async (transaction) => {
		await keepSent(transaction, ports, { set, run, peer: done.instance, isOnce: asked.once !== undefined });
		if (asked.release) return asked.release.done(transaction, planned.counts);
		await recordOperation(transaction, {
			id: run,
			at: clock.now(),
			user: asked.user,
			action: asked.action,
			target: asked.once ? null : source.id,
			detail: { status: 'done', counts: planned.counts, to: source.name, reason: asked.reason ?? null },
		});
	});
	const bytes_missing = await sendBytes(ports, source, done);
	const { counts } = planned;
	// Where all of it was there already, there is nothing to be undone.
	const written = counts.create + counts.update + counts.delete > 0;
	return { ...planned, run: written ? run : null, written, bytes_missing };
}

const MOVED =
	'it would come out differently by now: something has changed here or there since the preview. Preview it again';

/** Why nothing is written, with the first reasons; null where nothing stands in the way. */
function refusalIn({ rows, left_out }: Promotion): string | null {
	const reasons = [
		...left_out.map(({ collection, item, message }) => `${collection} ${item}: ${message}`),
		...rows.flatMap(({ collection, item, action, message }) =>
			action === 'refused' ? [`${collection} ${item}: ${message ?? 'refused'}`] : [],
		),
	];
	if (reasons.length === 0) return null;
	const more = reasons.length > 3 ? `; and ${reasons.length - 3} more` : '';
	return `nothing is written, since ${reasons.length === 1 ? 'one row' : `${reasons.length} rows`} cannot be: ${reasons.slice(0, 3).join('; ')}${more}`;
}

function promotionOf(
	{ written, fingerprint, rows: outcomes }: TakenTogether,
	{ set, why, rows, source }: { set: OutgoingSet; why: Map<string, Why>; rows: RowsAsked[]; source: RemoteSource },
): Promotion {
	const counts: Promotion['counts'] = { create: 0, update: 0, delete: 0, none: 0, refused: 0 };
	const byRow = new Map(outcomes.map((one) => [`${one.collection}/${one.sync_id}`, one]));
	const whyOf = (collection: string, item: string) => why.get(`${collection}/${item}`) ?? 'needed';
	const shown: Promotion['rows'] = [];
	const leftOut: Promotion['left_out'] = [];
	for (const { collection, item, change, code, message } of set.rows.values()) {
		if (code !== undefined)
			leftOut.push({ collection, item, why: whyOf(collection, item), code, message: message ?? '' });
		const outcome = change && byRow.get(`${collection}/${change.sync_id}`);
		if (!change || !outcome) continue;
		const row = { ...previewRow(outcome, { item, change }, () => false), why: whyOf(collection, item) };
		counts[row.action] += 1;
		shown.push(row);
	}
	for (const { collection, keys } of rows)
		for (const item of keys)
			if (!set.rows.has(`${collection}/${item}`))
				leftOut.push({ collection, item, why: 'chosen', ...notSent(collection, source) });
	return { run: null, written, fingerprint, counts, rows: shown, left_out: leftOut, bytes_missing: [] };
}

function notSent(collection: string, { name, rules }: RemoteSource): { code: string; message: string } {
	const rule = rules.find((compiled) => compiled.rule.collection === collection)?.rule;
	if (!rule)
		return {
			code: 'NO_RULE',
			message: `"${name}" has no rule for ${collection}: add one, which says what of it is sent`,
		};
	if (rule.direction === 'pull')
		return {
			code: 'DIRECTION',
			message: `the rule for ${collection} only takes changes from there: give it "push" or "both"`,
		};
	return { code: 'OUTSIDE_RULE', message: 'it does not match the `when` of its rule' };
}

/** Bytes follow their rows; what does not arrive is told, and is sent with the next change or repair. */
async function sendBytes(
	{ sync }: SyncPorts<never, 'previewPorts'>,
	source: RemoteSource,
	{ rows }: TakenTogether,
): Promise<Promotion['bytes_missing']> {
	const missing: Promotion['bytes_missing'] = [];
	for (const { sync_id: file, needs } of rows) {
		if (needs === undefined) continue;
		for (let left = 3; ; left -= 1) {
			try {
				await sync.previewPorts.channel.sendFile(source, file, needs);
				break;
			} catch (error) {
				if (left > 1) {
					await setTimeout(500);
					continue;
				}
				missing.push({ file, message: messageOf(error) });
				break;
			}
		}
	}
	return missing;
}
