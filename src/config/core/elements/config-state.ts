import type { TargetRules } from '../moves/move-rules.js';
import type { ElementKind, Snapshot, ExtensionState } from '../../../contract/bundle.js';

/** A row as the database means it: JSON parsed, booleans as booleans, times as ISO strings. */
export type ConfigRow = Record<string, unknown>;

/** A row of the id map: the SyncID under which the element with this key is known to files and other instances. */
export interface KnownId {
	syncId: string;
	localId: string;
}

/** How many more of something the licence lets an instance have; null where there is no limit. */
export interface ConfigLimits {
	collections: { used: number; limit: number | null };
	flows: { used: number; limit: number | null };
	/** Users who take a seat. */
	seats: { used: number; limit: number | null };
	customPermissionRules: boolean;
}

/** Everything that a bundle or a plan is computed from, as read from one instance in one transaction. */
export interface ConfigState {
	/** Version of Directus, such as `12.4.0`. */
	directus: string;
	/** `sqlite`, `postgres`, `mysql` … */
	vendor: string;
	/** As Directus gives it, without the collections that are left out. */
	snapshot: Snapshot;
	/** All rows of each `directus_<kind>`, secrets left out; policies with `roles`, their access rows by role. */
	rows: Record<ElementKind, ConfigRow[]>;
	/** The fields that this version of Directus has for each kind. */
	columns: Record<ElementKind, string[]>;
	ids: Record<ElementKind, KnownId[]>;
	/** How many rows of a kind exist that cannot be read, such as permissions with custom rules without the licence. */
	hidden: Partial<Record<ElementKind, number>>;
	/** The role of the admin who asks, for the SyncID that stands for it. */
	adminRole: string | null;
	limits: ConfigLimits;
	/** Flush targets and remotes, whose rules name collections; absent where they were not read. */
	targets?: TargetRules[];
	/** Without this very extension; absent where they were not read. */
	extensions?: InstalledExtension[];
}

/** An extension that is installed here, under the name that it has on every instance. */
export interface InstalledExtension extends ExtensionState {
	id: string;
}
