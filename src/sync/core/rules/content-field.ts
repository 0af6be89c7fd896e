import { FILE_CONTENT } from '../../../kernel/core/file-content.js';
import type { SyncField } from './sync-model.js';

/** The bytes of a file, as a field of its row. */
export const CONTENT_FIELD: SyncField = {
	field: FILE_CONTENT,
	kind: 'value',
	type: 'string',
	related: null,
	typeField: null,
	required: false,
};
