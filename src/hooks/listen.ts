import type { EventContext } from '@directus/types';
import type { Knex } from 'knex';
import { isRecord } from '../kernel/core/is-record.js';
import { resumeWithNewKey } from '../sync/link/key-changed.js';
import { REMOTE_SOURCES, TARGET_COLLECTIONS, type EventName } from '../contract/vocabulary.js';
import type { Started } from '../app/start.js';
import { moveRulesVersion } from '../targets/tables/rules-version.js';
import { apart } from '../kernel/database/savepoint.js';
import type { Events } from './events.js';
import type { Handle } from '../capture/capture-ports.js';
import { messageOf } from '../kernel/core/message-of.js';

type Meta = Record<string, unknown>;

/** Directus' services that change the schema, and with it what a rule means. */
const SCHEMA_EVENTS = ['collections', 'fields', 'relations'];

/** Directus' services that change what a rule's publisher may read; of users, only these fields do. */
const RIGHTS_EVENTS = ['access', 'permissions', 'policies', 'roles'];
const RIGHTS_OF_USERS = ['role', 'status', 'policies'];

/** A schema change counts as over after this time without another event, in ms. */
const SETTLE_MS = 300;

/**
 * Directus' events in, capture calls out. A filter that throws would fail the editor's save, so none does: what goes
 * wrong is logged, and the change is recorded without its old values. Only what has ended the editor's transaction is
 * passed on: the save would otherwise be answered with a success and not be there.
 */
export function listen(events: Events, { runtime }: Started): void {
	const quietly = createQuietly(runtime.logger);
	listenToFilters(events, runtime, quietly);
	listenToActions(events, runtime, quietly);
}

const userOf = ({ accountability }: EventContext) => accountability?.user ?? null;
const isTracked = (collection: string, { accountability, schema }: EventContext) =>
	accountability !== null && schema?.collections[collection]?.accountability !== null;

type Runtime = Started['runtime'];
type Quietly = (what: string, work: () => Promise<void>, within?: Handle) => Promise<void>;

/** Logs what goes wrong, and passes on only what has ended the transaction. */
const createQuietly =
	(logger: Runtime['logger']): Quietly =>
	async (what, work, within) => {
		try {
			await work();
		} catch (error) {
			if (within?.hasEnded(error)) throw error;
			logger.error(`[downstream] ${what}: ${messageOf(error)}`);
		}
	};

/** Before a write, and within its transaction. */
function listenToFilters({ filter }: Events, runtime: Runtime, quietly: Quietly): void {
	const { capture, rules } = runtime;
	const handle = (context: EventContext) => runtime.handle(context.database as unknown as Knex, context.schema);

	/** Prepares for a write without an activity row, unless it is seen in the statements. */
	const expectUntracked = (collection: string, context: EventContext) => {
		runtime.showSchema(context.schema);
		if (!runtime.seesStatements() && !isTracked(collection, context))
			capture.beforeUntracked(collection, handle(context));
	};

	filter('*.create', async (_payload: unknown, meta: Meta, context: EventContext) => {
		const collection = String(meta['collection'] ?? '');
		expectUntracked(collection, context);
	});

	filter('*.update', async (payload: unknown, meta: Meta, context: EventContext) => {
		const { collection, keys } = meta;
		if (typeof collection !== 'string' || !Array.isArray(keys)) return;
		expectUntracked(collection, context);
		await quietly(`old values of ${collection} could not be read`, () =>
			capture.beforeUpdate(collection, keys, isRecord(payload) ? payload : {}, handle(context), userOf(context)),
		);
	});

	filter('*.delete', async (keys: unknown, meta: Meta, context: EventContext) => {
		const { collection } = meta;
		if (typeof collection !== 'string' || !Array.isArray(keys)) return;
		expectUntracked(collection, context);
		await quietly(`values of ${collection} to be deleted could not be read`, () =>
			capture.beforeDelete(collection, keys, handle(context), userOf(context)),
		);
	});

	filter('activity.create', async (payload: unknown, _meta: Meta, context: EventContext) => {
		const activity = payload as { action?: unknown; collection?: unknown; item?: unknown; user?: string | null };
		const { collection, action: what } = activity;
		if (typeof collection !== 'string' || typeof what !== 'string') return;
		runtime.showSchema(context.schema);
		if (!capture.notices(collection, what)) return;
		const within = handle(context);
		if (TARGET_COLLECTIONS.includes(collection)) {
			const version = runtime.clock.id();
			rules.expect(version);
			const knex = context.database as unknown as Knex;
			await quietly('rules', () => apart(knex, () => moveRulesVersion(knex, version)), within);
		}
		const { item, user = null } = activity;
		const record = () => capture.onActivity([{ action: what, collection, item: String(item), user }], within);
		await quietly(`a change of ${collection} could not be recorded`, record, within);
	});
}

/** After a write. */
function listenToActions({ action }: Events, runtime: Runtime, quietly: Quietly): void {
	const { capture, rules, database } = runtime;
	const schemaChanged = createSchemaWatch(runtime, quietly);

	const onAction = (event: EventName) => async (meta: Meta, context: EventContext) => {
		const scope = String(meta['event'] ?? '').split('.')[0] ?? '';
		if (SCHEMA_EVENTS.includes(scope)) {
			const { collection: of, payload } = meta;
			if (scope === 'fields' && event === 'delete' && typeof of === 'string' && Array.isArray(payload))
				runtime.sync.fieldsLost(of, payload.map(String));
			return schemaChanged();
		}
		const { collection, payload: given } = meta;
		const changesUser =
			scope === 'users' &&
			(event === 'delete' || (isRecord(given) && RIGHTS_OF_USERS.some((field) => Object.hasOwn(given, field))));
		if (RIGHTS_EVENTS.includes(scope) || changesUser) schemaChanged();
		if (typeof collection !== 'string') return;
		if (TARGET_COLLECTIONS.includes(collection))
			await quietly('rules', () => targetsChanged(isTracked(collection, context)));
		const keys = Array.isArray(meta['keys']) ? meta['keys'] : 'key' in meta ? [meta['key']] : [];
		if (collection === REMOTE_SOURCES && event === 'update' && isRecord(given) && given['api_key'])
			await quietly('links could not be resumed', () =>
				resumeWithNewKey(runtime, keys.map(String), context.accountability?.user ?? null),
			);
		await quietly(`a change of ${collection} could not be recorded`, () =>
			capture.onAction(collection, keys, event, context.accountability?.user ?? null, isTracked(collection, context)),
		);
	};

	action('*.create', onAction('create'));
	action('*.update', onAction('update'));
	action('*.delete', onAction('delete'));
	// Directus emits this for new and for replaced files. An activity row, if there was one, has said which.
	action('files.upload', onAction('update'));

	action('items.sort', async (meta: Meta, context: EventContext) => {
		const { collection, item, to } = meta;
		const sortField = typeof collection === 'string' ? context.schema?.collections[collection]?.sortField : null;
		if (typeof collection !== 'string' || !sortField) return;
		await quietly(`sorting ${collection} could not be recorded`, () =>
			capture.onSort(collection, sortField, item, to, context.accountability?.user ?? null),
		);
	});

	async function targetsChanged(tracked: boolean): Promise<void> {
		if (!tracked) await moveRulesVersion(database, runtime.clock.id());
		await rules.reload();
	}
}

/** A schema change comes as a burst of events, some before its caches are cleared: rules are read once it is over. */
function createSchemaWatch({ rules, engine }: Runtime, quietly: Quietly): () => void {
	let settling: NodeJS.Timeout | null = null;

	return () => {
		if (settling) clearTimeout(settling);
		rules.schemaChanges();
		const settle = () => quietly('rules after a schema change', rules.schemaSettled).then(() => engine.wake('plan'));
		settling = setTimeout(() => void settle(), SETTLE_MS).unref();
	};
}
