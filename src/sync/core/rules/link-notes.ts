import { isTime } from '../../../kernel/core/time-types.js';
import type { Issue } from '../../../contract/issue.js';
import { pointer } from '../../../kernel/core/rule-issues.js';
import type { CompiledSyncRule } from './compile-sync-rules.js';

/** Values that one of the two databases cannot keep exactly. They count as equal, but people should know. */
export function linkNotes(
	{ model, index, rule: { fields } }: CompiledSyncRule,
	/** Whether each side keeps milliseconds; undefined if the remote does not say so, and keeps none. */
	keepsMs: { local: boolean; remote: boolean | undefined },
	remoteName: string,
): Issue[] {
	const notes: Issue[] = [];
	const times = [...model.fields.values()].filter(({ kind, type }) => kind === 'value' && isTime(type));
	const [first] = times;
	if (first && keepsMs.local !== (keepsMs.remote ?? false)) {
		const position = fields.indexOf(first.field);
		notes.push({
			path: pointer(['schema', index, ...(position < 0 ? [] : ['fields', position])]),
			code: 'whole_seconds',
			message: `${times.map(({ field }) => `"${field}"`).join(', ')} of "${model.collection}" ${keepsMs.local ? `at ${remoteName} have` : 'have here'} whole seconds only: times that differ by less count as equal`,
		});
	}
	const users = [...model.fields.values()].filter(({ field, kind }) => kind === 'user' && fields.includes(field));
	if (users.length > 0)
		notes.push({
			path: pointer(['schema', index, 'fields', fields.indexOf(users[0]?.field ?? '')]),
			code: 'users_known_there',
			message: `users in ${users.map(({ field }) => `"${field}"`).join(', ')} of "${model.collection}" are matched by external identifier or email address; a user whom ${remoteName} does not know becomes its "user_fallback", or nobody, and the two count as equal`,
		});
	return notes;
}
