import type { ConfigKind, ElementKind } from '../../../contract/bundle.js';
import type { ConfigIssue } from '../../../contract/plan.js';

/** What of a dump is read or written, and in which form. */
export interface DumpChoice {
	kinds: readonly ElementKind[];
	schema: boolean;
	/** Whether the file that says which extensions are switched on is read and written. */
	extensions?: boolean;
	/** One file for each collection, field and relation; else all of it in `snapshot.json`. Read is what is there. */
	split: boolean;
	/** Keys of all objects sorted, instead of as they were. */
	sortJson: boolean;
	/** Whether policies say to which roles they are attached. */
	syncPolicyRoles: boolean;
	/** Whether Downstream's own collections and policy are part of it. */
	own: boolean;
	/** Folders within the dump; `collections` and `snapshot` where absent. */
	collectionsPath?: string | undefined;
	snapshotPath?: string | undefined;
}

/** Where something stands in a dump. */
export interface Place {
	file: string;
	/** JSON pointer in the file. */
	path: string;
	/** From 1. */
	line: number;
}

/** Where the parts of a bundle came from. */
export interface DumpPlaces {
	/** @param name the SyncID of an element; of the schema `articles`, `articles.title` */
	of(kind: ConfigKind, name: string): Place | null;
	/**
	 * The same issue with its file and the pointer in it, where its `path` is `kind:name`, or that and a pointer below it
	 * (`roles:_sync_default_admin_role/parent`). Other issues come back as they are.
	 */
	locate(issue: ConfigIssue): ConfigIssue;
}

export const collectionsFolder = (choice: DumpChoice): string => folder(choice.collectionsPath, 'collections');
export const snapshotFolder = (choice: DumpChoice): string => folder(choice.snapshotPath, 'snapshot');

/** A folder without slashes around it; '' is the dump itself. */
function folder(path: string | undefined, usual: string): string {
	return (path ?? usual).replace(/^(?:\.?\/)+|\/+$/g, '').replace(/^\.$/, '');
}

/** A path below a folder. */
export const below = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`);
