import type { Bundle } from '../../../contract/bundle.js';
import { FIXED_SYNC_IDS } from './kinds.js';
import { schemaFor } from '../schema/portable-schema.js';

/** A bundle as the target would have said it: its schema in the target's words, its settings under the SyncID of all settings. */
export function wantedHere(wanted: Bundle, current: Bundle): Bundle {
	const { settings } = wanted.elements;
	return {
		...wanted,
		schema: wanted.schema && current.schema ? schemaFor(wanted.schema, current.schema) : wanted.schema,
		elements: settings
			? {
					...wanted.elements,
					settings: settings.map((element) => ({ ...element, _syncId: FIXED_SYNC_IDS.settings })),
				}
			: wanted.elements,
	};
}
