import { fingerprintOf, shownValue } from './core/outcome-fingerprint.js';
import type { Accountability } from '@directus/types';
import type { SyncResult } from '../contract/sync-messages.js';
import type { Permitted } from './core/wire/permitted-change.js';
import { readChanges } from './core/wire/read-changes.js';
import { createArrivedBytes } from './incoming/arrived-bytes.js';
import { createIntakePorts, type IntakeHost, type TogetherAs } from './intake-ports.js';
import { applyChanges } from './incoming/apply-changes.js';
import type { RemoteSource } from './remote-source.js';
import { takeTogether } from './incoming/take-together.js';
import type { RowOutcome, TakenTogether } from '../contract/sync-together.js';

/** Taking in what other instances send: by which rules, in whose name, and with which bytes. */
export function createIntake(host: IntakeHost) {
	const { applyPorts, togetherPorts } = createIntakePorts(host);

	return {
		applyPorts,
		...createArrivedBytes(host.database, host.files),
		/** Takes in what another instance sends, in the name of the user that it came as. */
		async apply(
			request: { from: string; changes: readonly unknown[] },
			as: {
				accountability: Accountability;
				run: string;
				accessOf(collection: string): Permitted;
				paired: RemoteSource | null;
			},
		): Promise<SyncResult[]> {
			const { changes, refused } = readChanges(request.changes);
			await host.learnFormer(changes.map(({ collection }) => collection));
			const taken = await applyChanges(changes, { instance: request.from, run: as.run }, applyPorts(request.from, as));
			return [...taken, ...refused];
		},
		/**
		 * The same for rows of which all are taken in, or none; with `dry_run` nothing is written. A row that is refused keeps
		 * all of them out.
		 */
		async takeTogether(
			request: {
				from: string;
				changes: readonly unknown[];
				dry_run: boolean;
				expect?: string | undefined;
				shown: number;
			},
			as: TogetherAs & { run: string },
		): Promise<Omit<TakenTogether, 'instance'>> {
			const { changes, refused } = readChanges(request.changes);
			const keys = new Map(changes.map(({ sync_id, key }) => [sync_id, key]));
			const unreadable = refused.map(({ outcome: _outcome, ...issue }) => ({
				...issue,
				item: null,
				action: 'refused' as const,
			}));
			let fingerprint = '';
			const { rows, written } = await takeTogether(
				changes,
				{ instance: request.from, run: as.run },
				togetherPorts(request.from, as, request.dry_run),
				(all) => {
					fingerprint = fingerprintOf([...all, ...unreadable], keys);
					const isWanted = request.expect === undefined || request.expect === fingerprint;
					return !request.dry_run && isWanted && [...all, ...unreadable].every(({ action }) => action !== 'refused');
				},
			);
			return { written, fingerprint, rows: [...showFields(rows, request.shown), ...unreadable] };
		},
	};
}

/** Rows with the values of the first so many, cut to a length that can be shown, and without those of the others. */
function showFields(rows: RowOutcome[], most: number): RowOutcome[] {
	let shown = 0;
	return rows.map(({ fields, ...row }) => {
		if (!fields || (shown += 1) > most) return row;
		const short = fields.map((field) => ({ ...field, from: shownValue(field.from), to: shownValue(field.to) }));
		return { ...row, fields: short };
	});
}
