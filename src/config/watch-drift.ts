import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { ELEMENT_KINDS } from '../contract/bundle.js';
import { acquireLease } from '../kernel/database/leases.js';
import type { DirectusServices } from '../kernel/directus-services.js';
import type { Clock, Logger } from '../kernel/ports.js';
import {
	driftBetween,
	driftText,
	fingerprintsOf,
	isSameDrift,
	partsOf,
	type Drift,
	type Fingerprints,
} from './core/drift.js';
import type { ConfigState } from './core/elements/config-state.js';
import { bundleOf } from './core/elements/bundle-of.js';
import type { ConfigPorts } from './ports.js';
import { listPushes } from './tables/config-history.js';
import { isConfigLeaseHeld } from './tables/config-lease.js';
import { keepActivityMark, readEditors } from './tables/drift-editors.js';
import { keepDrift, keepReference, readReference } from './tables/drift-table.js';

interface DriftHost {
	database: Knex;
	services: DirectusServices;
	getSchema: () => Promise<SchemaOverview>;
	clock: Clock;
	logger: Logger;
	/** In ms; null where it is switched off. */
	every: number | null;
	ports: Pick<ConfigPorts, 'read'>;
}

/** Looks now and then whether the configuration was changed by hand since the last push, and notifies once. */
export function createDriftWatch({ database, services, getSchema, clock, logger, every, ports }: DriftHost) {
	let lookedAt: number | null = null;

	/** What is there, without recording anything. */
	async function look(): Promise<{ fingerprints: Fingerprints; ids: ConfigState['ids'] }> {
		const choice = { kinds: ELEMENT_KINDS, schema: true, syncPolicyRoles: true, preserveIds: [], own: false };
		let unrecorded = 0;
		return ports.read(async (reader) => {
			const state = await reader.state({ own: false, role: null });
			const { bundle, newIds } = bundleOf(state, choice, () => `unrecorded-${unrecorded++}`);
			const ids = Object.fromEntries(
				ELEMENT_KINDS.map((kind) => [kind, [...state.ids[kind], ...(newIds[kind] ?? [])]]),
			) as ConfigState['ids'];
			return { fingerprints: fingerprintsOf(bundle), ids };
		});
	}

	async function keep(push: string | null): Promise<void> {
		// Read first, so that the author of a change during this look is known, too.
		await keepActivityMark(database);
		const { fingerprints } = await look();
		await keepReference(database, { push, at: clock.now(), fingerprints });
	}

	/** The last push that left anything, and who made it. */
	async function lastPush() {
		const { pushes } = await listPushes(database, { limit: 50, page: 1 });
		return pushes.find(({ status }) => status === 'applied') ?? null;
	}

	async function tell(drift: Drift, user: string | null): Promise<void> {
		const text = driftText(drift);
		// A log is no place for people's names.
		const { by: _, ...unsigned } = drift;
		logger.warn(`[downstream] the configuration is not what the last push left: ${driftText(unsigned)}`);
		if (user === null) return;
		const options = { schema: await getSchema(), knex: database, accountability: null };
		await new services.NotificationsService(options).createOne({
			recipient: user,
			subject: 'The configuration was changed since your last push',
			message: `${text.replaceAll(/[<>`]/g, "'")}\n\n"downstream diff --exit-code drift" shows it.`,
		});
	}

	async function check(): Promise<void> {
		const now = clock.now();
		if (!(await acquireLease(database, 'drift', clock.id(), Math.min((every ?? 0) / 2, 600_000), now))) return;
		// What a push is about to change is none.
		if (await isConfigLeaseHeld(database, now)) return;
		const [reference, last] = [await readReference(database), await lastPush()];
		if (!reference || (last && last.id > (reference.push ?? ''))) return keep(last?.id ?? null);
		const { fingerprints, ids } = await look();
		const found = driftBetween(reference.fingerprints, fingerprints);
		if (isSameDrift(found, reference.drift)) return;
		const by = found ? await readEditors(database, partsOf(reference.fingerprints, fingerprints), ids) : {};
		const drift = found && Object.keys(by).length > 0 ? { ...found, by } : found;
		const isKept = await keepDrift(database, { of: reference.push, drift, at: now });
		if (isKept && drift) await tell(drift, last?.user ?? null);
	}

	return {
		/** Called at every poll. */
		async tick(): Promise<void> {
			if (every === null || (lookedAt !== null && clock.now() - lookedAt < every)) return;
			lookedAt = clock.now();
			await check().catch((error: unknown) =>
				logger.warn(`[downstream] it could not be looked whether the configuration was changed: ${String(error)}`),
			);
		},
		/** After a push: from here on this is what it should be. */
		async pushed(push: string): Promise<void> {
			if (every === null) return;
			await keep(push).catch((error: unknown) =>
				logger.warn(`[downstream] what the push left could not be kept, to find changes by hand: ${String(error)}`),
			);
		},
	};
}
