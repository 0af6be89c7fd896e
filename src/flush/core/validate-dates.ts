import type { SchemaOverview } from '@directus/types';
import type { Issue } from '../../contract/issue.js';
import { DATE_TYPES } from '../../contract/vocabulary.js';
import { resolvePath } from '../../kernel/filter/field-path.js';

/** What is wrong with a field whose moments are to be noticed. */
export function dateIssues(schema: SchemaOverview, collection: string, field: string, path: string): Issue[] {
	const result = resolvePath(schema, collection, field);
	if (!result.ok) return [{ path, ...result.problem }];
	const type = schema.collections[collection]?.fields[field]?.type;
	if (type !== undefined && DATE_TYPES.includes(type)) return [];
	const message = `"${field}" is no date of ${collection} itself: expected a field of type timestamp, dateTime or date`;
	return [{ path, code: 'not_a_date', message }];
}
