import { z } from 'zod';
import { conflict, conflictThere, resolved } from './answers/conflicts.js';
import { answer, page } from './answers/shapes.js';
import { define } from './define-route.js';
import { LIMITS } from '../../schema.js';
import { CONFLICT_KINDS } from './vocabulary.js';

const text = z
	.string()
	.min(1)
	.max(255)
	.refine((value) => !value.includes('\0'), { message: 'must not contain a NUL character' });

const conflictFilterShape = {
	status: z.enum(['open', 'resolved', 'automatic']).optional().meta({
		description: '`automatic`: decided by a rule; it can be turned around.',
	}),
	kind: z.enum(CONFLICT_KINDS).optional(),
	collection: text.optional(),
	target: text.optional().meta({ description: 'A remote source.' }),
	item: text.optional().meta({ description: 'The key of the row here.' }),
	field: text.optional().meta({ description: 'Only conflicts that this field is in.' }),
};
const conflictFilter = z.strictObject(conflictFilterShape);
export type ConflictFilter = z.output<typeof conflictFilter>;

const side = z.enum(['local', 'remote']);
const fieldChoice = z.union([side, z.strictObject({ value: z.unknown() })], {
	error: 'expected "local", "remote" or { "value": … }',
});
const use = z
	.union([side, z.strictObject({ fields: z.record(text, fieldChoice) })], {
		error: 'expected "local", "remote" or { "fields": { … } } with "local", "remote" or { "value": … } for each',
	})
	.meta({ description: 'Whose values win. Values are given as `here` and `there` are shown.' });
const item = text.optional().meta({
	description: 'With `remote`, which row here the other row is taken over, where several could be meant.',
});

/** What admins do with conflicts, and before two instances are linked. */
export const conflictRoutes = {
	syncConflicts: define({
		method: 'get',
		path: '/sync/conflicts',
		access: 'admin',
		summary:
			'Rows that two instances changed differently, newest first: what waits for a decision, and what was decided.',
		input: z.strictObject({
			...conflictFilterShape,
			limit: z.coerce.number().int().min(1).max(LIMITS.listRows).default(25),
			page: z.coerce.number().int().min(1).max(10_000_000).default(1),
			sort: z
				.string()
				.regex(/^-?(at|id|collection)$/, 'expected one of at, id, collection, with a "-" in front for descending')
				.default('-at'),
		}),
		answer: page(conflict),
	}),
	syncConflictsThere: define({
		method: 'get',
		path: '/sync/conflicts/remote',
		access: 'admin',
		summary:
			'Conflicts with this instance that wait for a decision on a remote, as it said at most half a minute ago; the newest 100 of each.',
		input: z.strictObject({ target: text.optional() }),
		answer: answer(z.array(conflictThere)),
	}),
	syncResolveMany: define({
		method: 'post',
		path: '/sync/conflicts/resolve',
		access: 'admin',
		summary: `Decides several conflicts in the same way, ${LIMITS.listRows} at the most; says what became of each.`,
		input: z
			.strictObject({
				ids: z.array(text).min(1).max(LIMITS.listRows).optional(),
				filter: conflictFilter.optional(),
				use,
			})
			.refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), {
				message: 'expected either "ids" or "filter"',
			}),
		answer: answer(resolved),
	}),
	syncConflict: define({
		method: 'get',
		path: '/sync/conflicts/:id',
		access: 'admin',
		summary: 'One conflict.',
		input: z.strictObject({}),
		answer: answer(conflict),
	}),
	syncResolve: define({
		method: 'post',
		path: '/sync/conflicts/:id/resolve',
		access: 'admin',
		summary: 'Decides a conflict, or turns around one that was decided by itself.',
		input: z.strictObject({ use, item }),
		answer: answer(conflict),
	}),
} as const;
