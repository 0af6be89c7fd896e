import type { Clock, Logger } from '../kernel/ports.js';
import type { Accountability } from '@directus/types';
import type { Knex } from 'knex';
import type { ElementKind, Snapshot, Bundle } from '../contract/bundle.js';
import type { ConfigRow, ConfigState, KnownId } from './core/elements/config-state.js';
import type { Move } from './core/moves/move-names.js';
import type { Leads } from './core/moves/move-paths.js';
import type { Change, Plan } from '../contract/plan.js';
import type { PushedCommit } from '../contract/answers/config.js';

/** Who asks: the admin in whose name things are written, so that activity and revisions are kept. */
export interface Actor {
	user: string | null;
	accountability: Accountability;
}

/** One push, as the history tells it. */
export interface PushRecord {
	id: string;
	/** ms since 1970. */
	at: number;
	durationMs: number;
	user: string | null;
	/**
	 * A failed one changed nothing; a partial one could not be undone completely, and its error says what remains; one
	 * that has begun is under way, or was broken off half way where nobody pushes any more.
	 */
	status: 'begun' | 'applied' | 'failed' | 'partial';
	/** The push that this one took back. */
	reverts: string | null;
	git: PushedCommit | null;
	summary: Plan['summary'];
	error: { code: string; message: string } | null;
}

/** How far a push is. */
export interface PushProgress {
	stage: 'waiting' | 'planning' | 'writing';
	/** Steps that were made, of how many; both 0 before it is known what is to be done. */
	step: number;
	of: number;
	/** What the step is about that is being made. */
	name: string | null;
}

/** What a part of the schema is to become: one step for a collection with all fields that come with it. */
export type SchemaStep =
	| { kind: 'collections'; action: 'create'; collection: string; value: Part; fields: Part[] }
	| { kind: 'collections'; action: 'update'; collection: string; meta: Part }
	| { kind: 'collections'; action: 'delete'; collection: string }
	| { kind: 'fields'; action: 'create'; collection: string; field: string; value: Part }
	/** `schema` is the column in full, and only where it changes: a column cannot be altered in part. */
	| {
			kind: 'fields';
			action: 'update';
			collection: string;
			field: string;
			type: string | null;
			schema: Part | null;
			meta: Part | null;
	  }
	| { kind: 'fields'; action: 'delete'; collection: string; field: string }
	| { kind: 'relations'; action: 'create'; collection: string; field: string; value: Part }
	/** `value` is the relation in full; `schema` says whether its foreign key changes, `related` whether it leads elsewhere. */
	| {
			kind: 'relations';
			action: 'update';
			collection: string;
			field: string;
			value: Part;
			schema: boolean;
			related: boolean;
			meta: Part | null;
	  }
	| { kind: 'relations'; action: 'delete'; collection: string; field: string };

export type Part = Record<string, unknown>;

/** Values of a row of Directus' own tables that follow a move. */
export interface RowAfterMove {
	table: string;
	/** As it is called after the move. */
	where: Record<string, string | number>;
	values: Part;
}

/** A collection or field that gets another name, and what follows. */
export type MoveStep = Move & {
	action: 'move';
	/** Where fields led to before it. */
	leads: Leads;
	rows: RowAfterMove[];
	/** Columns whose rows name the collection that they point to. */
	named: { collection: string; field: string }[];
};

/**
 * Has changes and deliveries follow a new name that are recorded and not sent yet, with the rules that they remember.
 * @param rewritten a flush rule in the names of after it
 */
export type FollowInQueue = (database: Knex, move: Move, rewritten: (rule: unknown) => unknown) => Promise<void>;

/** What of the state is read. */
export interface StateChoice {
	/** Whether the extension's own collections are part of it. */
	own: boolean;
	/** The role of the admin who asks. */
	role: string | null;
}

/** Reads, all of one moment. */
export interface ConfigReader {
	state(choice: StateChoice): Promise<ConfigState>;
	/** Rows that a collection has, or that have a value in a field of it. */
	countValues(collection: string, field: string | null): Promise<number>;
	/** Values of a field that more than one row has. */
	countDuplicates(collection: string, field: string): Promise<number>;
	/** Rows with a value in a field that no row of another collection has as its key. */
	countDangling(
		from: { collection: string; field: string },
		to: { collection: string; field: string },
	): Promise<number>;
	/** What the database says to turning the values of a field into another type; null where it does not mind. */
	tryConversion(
		from: { collection: string; field: string },
		to: { type: string; length: number | null; precision: number | null; scale: number | null },
	): Promise<string | null>;
	/** The columns of these fields that exist without Directus managing them, with their tables and relations. */
	unmanaged(
		fields: { collection: string; field: string }[],
	): Promise<Pick<Snapshot, 'collections' | 'fields' | 'relations'>>;
	/** Whether columns of geometry can be made. */
	knowsGeometry(): Promise<boolean>;
	countUsers(): Promise<{ usersOfRole: Record<string, number>; usersOfPolicy: Record<string, number> }>;
	/** Collections and fields that a pull or push recorded; null where none ever did, so that all count as recorded. */
	recordedSchema(): Promise<string[] | null>;
	/** What Directus' own services would refuse of these rows, without writing any; a message each, or null. */
	refusals(rows: { kind: ElementKind; row: ConfigRow }[], actor: Actor): Promise<(string | null)[]>;
}

/** Writes, all of them or none. */
export interface ConfigWriter {
	applySchema(step: SchemaStep | MoveStep): Promise<void>;
	/** Gives the key of the new row. */
	create(kind: ElementKind, row: ConfigRow): Promise<string>;
	/** Writes these values of one row and no others. */
	update(kind: ElementKind, localId: string, values: ConfigRow): Promise<void>;
	remove(kind: ElementKind, localIds: string[]): Promise<void>;
	/** Makes a policy's attachments to roles what this list says; those to users stay as they are. */
	attachPolicy(policy: string, roles: { role: string | null; sort: number | null }[]): Promise<void>;
	switchExtension(id: string, enabled: boolean): Promise<void>;
	replaceIds(kind: ElementKind, ids: KnownId[]): Promise<void>;
	forgetIds(kind: ElementKind, syncIds: string[]): Promise<void>;
	/** Forgets the SyncIDs of elements that are gone, also of those that went with others. */
	forgetGone(kinds: ElementKind[]): Promise<void>;
	/** Collections and fields that are this configuration's own from now on. */
	recordSchema(names: string[]): Promise<void>;
	record(push: PushRecord, plan: Plan, trace: Trace | null): Promise<void>;
	/** Throws where the instance could not be used any more: no admin left, more seats than licensed, broken references. */
	verify(): Promise<void>;
}

/** A reading, and the writing that it leads to. */
export interface ReadThenWrite<Planned> {
	actor: Actor;
	/** The lease under which this happens; it is held for as long as the writing takes. */
	holder: string;
	/** Undone at the end, whatever comes of it. */
	dryRun: boolean;
	/** The steps to write, whether there are any, and whether tables change. */
	plan(reader: ConfigReader): Promise<{ planned: Planned; write: boolean; schema: boolean }>;
	/** Whether the elements are still what was read; asked where the database itself does not see to it. */
	isStillSo(planned: Planned, reader: ConfigReader): Promise<boolean>;
	/** Before the transaction, where tables cannot be changed within it; elsewhere never called. */
	before(planned: Planned, writer: ConfigWriter): Promise<void>;
	/** In the transaction: where it throws, nothing of it remains. */
	write(planned: Planned, writer: ConfigWriter): Promise<void>;
	/** After it, like `before`. */
	after(planned: Planned, writer: ConfigWriter): Promise<void>;
	/**
	 * Takes back what was done, where something failed that no transaction takes back; `written`: the elements too;
	 * `error`: why.
	 */
	undo(
		planned: Planned,
		writer: ConfigWriter,
		now: { reader: ConfigReader; written: boolean; error: unknown },
	): Promise<void>;
}

/** What Directus tells programs about this instance: OpenAPI, and GraphQL of the items and of the system. */
export interface Specs {
	openapi: unknown;
	items: string;
	system: string;
}

export interface ConfigPorts {
	clock: Clock;
	logger: Logger;
	/** Whether changes of tables can be rolled back. */
	schemaInTransaction: boolean;
	/** One read; nothing is written. */
	read<T>(work: (reader: ConfigReader) => Promise<T>): Promise<T>;
	/**
	 * Reads, then writes what the reading led to, and sees to it that nothing changed in between; where somebody else
	 * wrote meanwhile, it reads again. Throws a refusal (409) where that goes on and on.
	 */
	readThenWrite<Planned>(work: ReadThenWrite<Planned>): Promise<{ planned: Planned }>;
	/** Ends moves that were broken off between a new name and what follows it. */
	completeMoves(moves: readonly Move[]): Promise<void>;
	specs(accountability: Accountability): Promise<Specs>;
	/** Records SyncIDs of what has none; what another process recorded meanwhile stays. Says whether all were recorded. */
	recordNewIds(newIds: Partial<Record<ElementKind, KnownId[]>>): Promise<boolean>;
	recordSchema(names: string[]): Promise<void>;
	lease: {
		take(
			holder: string,
			user: string | null,
		): Promise<{ taken: true } | { taken: false; by: { user: string | null; since: number } }>;
		giveBack(holder: string): Promise<void>;
	};
	/** Once, after the writing: this node and all others forget what they knew. */
	refresh(changed: { schema: boolean; flows: boolean; extensions: boolean }): Promise<void>;
	history: {
		record(push: PushRecord, plan: Plan, trace: Trace | null): Promise<void>;
		list(page: {
			limit: number;
			page: number;
		}): Promise<{ pushes: (PushRecord & { revertedBy: string | null })[]; total: number }>;
		/** Pushes that began and have not ended, oldest first; under the lease, these are the broken ones. */
		brokenOff(): Promise<{ id: string; at: number; user: string | null }[]>;
		/** Says how one ended that was broken off. */
		settle(id: string, status: PushRecord['status'], error: PushRecord['error']): Promise<void>;
		find(id: string): Promise<(PushRecord & { revertedBy: string | null; plan: Plan; trace: Trace | null }) | null>;
	};
	/** Called before each step of a push; what it throws fails the push. For tests. */
	beforeStep?: ((change: Change) => void) | undefined;
}

/** What a push touched, as it was before and as it left it: enough to take it back, however many pushes later. */
export interface Trace {
	before: Bundle;
	after: Bundle;
	/** Keys of what it deleted, under which it comes back; by `kind:syncId`. */
	localIds: Record<string, string>;
}
