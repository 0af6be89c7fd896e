import type { Clock, Logger } from '../kernel/ports.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { hasNumberedKey } from '../capture/core/watch.js';
import { readableColumns } from '../capture/core/rule-paths.js';
import { createCapture } from '../capture/capture.js';
import type { DirectusServices } from '../kernel/directus-services.js';
import { hookHandle } from '../capture/hook-handle.js';
import type { RulesInForce } from '../targets/rules-in-force.js';
import type { Recording } from '../capture/recording.js';
import { tapStatements, type StatementTap } from '../capture/statement-tap.js';
import type { Handle } from '../capture/capture-ports.js';

interface CaptureHost {
	database: Knex;
	services: DirectusServices;
	clock: Clock;
	logger: Logger;
	rules: RulesInForce;
	/** How far this process has come with recording; asked for when there is something to record. */
	recording(): Pick<Recording, 'guarded' | 'takesAll' | 'refresh' | 'broken'>;
	/** As it was when the rules were last read: nothing may be awaited here. */
	schema(): SchemaOverview | null;
	wake(): void;
	/** Database triggers have to be told of what this process records. */
	marksWriter: boolean;
}

/** Gives capture its ports: Directus' handles, and the statements that pass Knex. */
export function createRuntimeCapture({
	database,
	services,
	clock,
	logger,
	rules,
	recording,
	schema,
	wake,
	marksWriter,
}: CaptureHost) {
	let tap: StatementTap | null = null;
	/** What Directus' hooks were given last: it has collections that were made since the rules were read. */
	let shown: SchemaOverview | null = null;
	const schemaOf = (collection: string) =>
		[schema(), shown].find((overview) => overview?.collections[collection] !== undefined) ?? null;

	function handle(knex: Knex, known: SchemaOverview | null): Handle {
		shown = known ?? shown;
		return recording().guarded(
			hookHandle(knex, services, known ?? schema() ?? { collections: {}, relations: [] }, tap),
		);
	}

	const capture = createCapture({
		clock,
		watch: rules.watch,
		stale: () => recording().takesAll(),
		refresh: () => recording().refresh(),
		primary: (collection) => schemaOf(collection)?.collections[collection]?.primary ?? null,
		columns: (collection) => readableColumns(schemaOf(collection), collection),
		isNumbered: (collection) => hasNumberedKey(schemaOf(collection), collection),
		seesStatements: () => tap !== null,
		rulesWritten: () =>
			void rules.writtenUnseen().catch((error: unknown) => logger.error(`[downstream] rules: ${String(error)}`)),
		report: (what) => logger.warn(`[downstream] ${what}`),
		afterCommit: () => handle(database, null),
		wake,
		broken: (error) => recording().broken(error),
	});
	tap = tapStatements(database, capture.statements, marksWriter);

	return {
		capture,
		handle,
		/** Remembers the schema that Directus hands a hook: it has collections that were made since the rules were read. */
		showSchema: (known: SchemaOverview | null): void => void (shown = known ?? shown),
		/** Whether writes that leave neither activity nor event are seen. */
		seesStatements: () => tap !== null,
	};
}
