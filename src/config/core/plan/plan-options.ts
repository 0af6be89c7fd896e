import type { Bundle, ConfigKind, ElementKind } from '../../../contract/bundle.js';
import type { Change } from '../../../contract/plan.js';
import type { ConfigState, KnownId } from '../elements/config-state.js';

/** What a person was shown and agreed to. Without it a push that would delete something is refused. */
export interface Consent {
	allow_destructive: boolean;
	/** Whether collections and fields that hold values may go: all of them, or those named (`articles`, `articles.title`). */
	allow_data_loss: boolean | readonly string[];
	/** How many elements of one kind may be deleted; null: a tenth of them, or 20 where that is more. */
	max_deletions: number | null;
	/** Whether collections and fields may get another name. */
	allow_renames?: boolean;
}

/** Counts that make risks concrete. A risk without a count is shown without a number. */
export interface PlanFacts {
	/** Rows by collection. */
	rowsOf?: Record<string, number>;
	/** Rows that hold a value, by `collection.field`. */
	valuesOf?: Record<string, number>;
	/** Rows that hold none, of fields that shall not be empty any more. */
	emptyOf?: Record<string, number>;
	/** Values that more than one row holds, of fields that shall be unique from now on. */
	duplicatesOf?: Record<string, number>;
	/** Why the values of a field cannot become of the type that it shall have, in the database's words. */
	unfitOf?: Record<string, string>;
	/** Rows that name nothing in the collection that a relation shall lead to from now on, by `collection.field`. */
	danglingOf?: Record<string, number>;
	/** Whether the database knows geometry; asked where it is needed. */
	geometry?: boolean;
	/** Users by the local id of their role. */
	usersOfRole?: Record<string, number>;
	/** Users who have a policy, through a role or themselves, by its local id. */
	usersOfPolicy?: Record<string, number>;
}

/** A part of a plan: whole kinds, single elements (`kind:sync_id`), or both. */
export interface Selection {
	kinds?: readonly ConfigKind[];
	elements?: readonly string[];
}

export interface PlanOptions {
	/** Delete also what only the target has and nothing ever recorded. */
	mirror?: boolean;
	/** Delete nothing; deletions are listed as kept. */
	additive?: boolean;
	/** Who an element of the bundle is on the target (`kind:syncId` ⇒ its key there, or `new`), where that is not certain. */
	choices?: Record<string, string>;
	/** Kinds that keep their keys beside those that always do. */
	preserve_ids?: readonly ElementKind[];
	/** The collections (`articles`) and fields (`articles.title`) that an earlier push or pull recorded; absent: all of them. */
	recorded_schema?: readonly string[];
	/** The part that is wanted; what it depends on is pulled in. Absent: everything. */
	select?: Selection;
	/** null: the plan is only shown, which needs no consent. */
	consent?: Consent | null;
	facts?: PlanFacts;
	/** What gets another name before everything else; the state is as it is after that. */
	moves?: readonly Change[];
}

export interface PlanInput {
	state: ConfigState;
	/** What the target has, as `bundleOf` gave it. */
	current: Bundle;
	/** The SyncIDs that `bundleOf` made up for what nothing has recorded yet. */
	newIds: Partial<Record<ElementKind, KnownId[]>>;
	wanted: Bundle;
	options: PlanOptions;
}
