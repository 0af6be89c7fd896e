import { z } from 'zod';
import { OUTCOME_ACTIONS, rowOutcome } from '../sync-together.js';
import { whole } from './shapes.js';

/** One row that a preview shows. */
const previewRow = rowOutcome
	.omit({ sync_id: true, item: true, needs: true, awaits: true })
	.extend({
		item: z.string().meta({ description: 'Its key on this instance.' }),
		there: z.string().nullable().meta({ description: 'Its key on the remote; null if it has none yet.' }),
		empty: z
			.array(z.string())
			.optional()
			.meta({ description: 'References whose rows are neither there nor sent along: they are left empty.' }),
	})
	.meta({ id: 'PreviewRow' });
export type PreviewRow = z.output<typeof previewRow>;

export const counts = z.record(z.enum(OUTCOME_ACTIONS), whole);
const someRows = z.array(previewRow);

export const collectionPreview = z
	.object({
		collection: z.string(),
		total: whole.meta({ description: 'Rows on this instance, if they were counted.' }),
		looked: whole.meta({ description: 'Rows that were looked at.' }),
		counts,
		found: z
			.object({ key: whole, ends: whole, match: whole })
			.meta({ description: 'Rows that were never synced and exist there already: how they were recognised.' }),
		decided: whole.meta({ description: 'Fields that both sides have changed, decided by the rule.' }),
		left_out: z
			.array(z.object({ code: z.string(), message: z.string(), count: whole }))
			.meta({ description: 'Rows that would not be sent, and why.' }),
		examples: z.object({
			create: someRows,
			update: someRows,
			delete: someRows,
			none: someRows,
			refused: someRows,
			found: someRows,
		}),
	})
	.meta({ id: 'CollectionPreview' });
/** What would become of a collection's rows. */
export type CollectionPreview = z.output<typeof collectionPreview>;

const why = z
	.enum(['chosen', 'part', 'needed'])
	.meta({ description: '`part`: it belongs to a chosen row; `needed`: a chosen row refers to it.' });
/** Why a row is among those that are promoted. */
export type Why = z.output<typeof why>;

export const promotion = z
	.object({
		run: z.string().nullable().meta({ description: 'By which the remote can undo it; null if nothing was written.' }),
		written: z.boolean(),
		fingerprint: z.string(),
		counts,
		rows: z.array(previewRow.extend({ why })),
		left_out: z
			.array(z.object({ collection: z.string(), item: z.string(), why, code: z.string(), message: z.string() }))
			.meta({ description: 'Rows that cannot be sent; as long as there are some, nothing is.' }),
		bytes_missing: z
			.array(z.object({ file: z.string(), message: z.string() }))
			.meta({ description: 'Files whose bytes did not arrive, although their rows did.' }),
	})
	.meta({ id: 'Promotion' });
/** What a promotion would do, or did. */
export type Promotion = z.output<typeof promotion>;
