import type { SchemaOverview } from '@directus/types';
import { draftTarget } from '../../actions/draft-target.js';
import { previewChange } from '../../engine/preview.js';
import type { FlushTarget } from '../../engine/stored.js';
import { nearestName } from '../../core/near-miss.js';
import { notFound, RequestError, type Asked, type Handler } from '../respond.js';

export const dryRun: Handler<'dryRun'> = async ({ input, runtime }) => {
	const schema = await runtime.getSchema();
	const { collection, event, keys, payload = null } = input;
	if (!Object.hasOwn(schema.collections, collection)) {
		const suggestion = nearestName(collection, Object.keys(schema.collections));
		throw new RequestError(
			400,
			'INVALID_PAYLOAD',
			`Invalid payload. /collection: there is no collection "${collection}"${suggestion ? `; did you mean "${suggestion}"?` : ''}`,
		);
	}
	const targets = await targetsFor(input, runtime, schema);
	const unknown = Object.keys(payload ?? {}).find(
		(field) => !Object.hasOwn(schema.collections[collection]?.fields ?? {}, field),
	);
	if (unknown !== undefined)
		throw new RequestError(
			400,
			'INVALID_PAYLOAD',
			`Invalid payload. /payload/${unknown}: ${collection} has no field "${unknown}"`,
		);
	try {
		return {
			data: {
				targets: await previewChange({ collection, event, keys, payload }, targets, schema, {
					items: runtime.items,
					clock: runtime.clock,
				}),
			},
		};
	} catch (error) {
		// A key of the wrong type, say: the database says so, and it is the caller's to mend.
		throw new RequestError(
			400,
			'INVALID_PAYLOAD',
			`Invalid payload. The change cannot be previewed: ${error instanceof Error ? error.message.replace(/^.* - /, '') : String(error)}`,
		);
	}
};

async function targetsFor(
	{ target: wanted, draft }: Pick<Asked<'dryRun'>['input'], 'target' | 'draft'>,
	{ rules }: Asked<'dryRun'>['runtime'],
	schema: SchemaOverview,
): Promise<FlushTarget[]> {
	const asked = draft?.id ?? wanted;
	if (asked !== undefined && !rules.target(asked)) await rules.refresh();
	if (draft) return [draftTarget(draft, rules.target(draft.id ?? ''), schema)];
	if (wanted === undefined) return rules.targets().filter(({ status }) => status === 'published');
	const found = rules.target(wanted);
	if (!found) throw notFound('target', wanted);
	return [found];
}
