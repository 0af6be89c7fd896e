import type { Row } from '../kernel/core/row.js';
import type { SchemaOverview } from '@directus/types';
import { readTarget } from './core/read-target.js';
import { checkTarget } from './core/validate-target.js';
import type { FlushTarget } from './flush-target.js';

/** A target as a user is editing it. `id` names the stored one, if there is one. */
export interface DraftTarget {
	id?: string | null | undefined;
	name?: string | null | undefined;
	url?: string | null | undefined;
	adapter?: string | null | undefined;
	auth_header?: string | null | undefined;
	schema?: unknown;
	options?: unknown;
}

/** Stands for the id of a target that was never saved. */
const UNSAVED = 'draft';

/**
 * The target that saving a draft would make: what the draft leaves out is as stored, and so are the secrets, which
 * nobody who edits a target ever sees.
 */
export function draftTarget(draft: DraftTarget, stored: FlushTarget | null, schema: SchemaOverview): FlushTarget {
	const row: Row = {
		name: draft.name === undefined ? stored?.name : draft.name,
		url: draft.url ?? stored?.url ?? '',
		adapter: draft.adapter === undefined ? stored?.adapter : draft.adapter,
		auth_header: draft.auth_header === undefined ? stored?.authHeader : draft.auth_header,
		schema: draft.schema,
		options: draft.options === undefined ? stored?.options : draft.options,
	};
	return {
		...readTarget(row, draft.id ?? UNSAVED, schema),
		issues: checkTarget(row, schema),
		secrets: stored?.secrets ?? (async () => ({ apiKey: null, signing: [] })),
	};
}
