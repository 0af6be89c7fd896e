import type { SchemaOverview } from '@directus/types';
import { draftTarget } from '../../flush/draft-target.js';
import type { Preview } from '../../contract/answers/targets.js';
import { previewChange } from '../../flush/preview.js';
import { previewSync } from '../../sync/outgoing/preview-sync.js';
import type { FlushTarget } from '../../flush/flush-target.js';
import type { RemoteSource } from '../../sync/remote-source.js';
import { nearestName } from '../../kernel/core/near-miss.js';
import { notFound, RequestError } from '../request-error.js';
import type { Asked, Handler } from '../respond.js';

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
	const { flush, sources } = await targetsFor(input, runtime, schema);
	const unknown = Object.keys(payload ?? {}).find(
		(field) => !Object.hasOwn(schema.collections[collection]?.fields ?? {}, field),
	);
	if (unknown !== undefined)
		throw new RequestError(
			400,
			'INVALID_PAYLOAD',
			`Invalid payload. /payload/${unknown}: ${collection} has no field "${unknown}"`,
		);
	const supposed = { collection, event, keys, payload };
	try {
		const { items, clock, sync, pages } = runtime;
		const flushed = await previewChange(supposed, flush, schema, { items, clock, pages });
		const synced: Preview[] = [];
		for (const source of sources) {
			const isPlain = sync.modeOf(source.id) === 'plain';
			synced.push(await previewSync(supposed, source, { ...sync.previewPorts, isPlain }));
		}
		const shown = keys.length === 0 ? [] : await pages.showing(collection, keys);
		const paths = shown.slice(0, 100).map(({ path }) => path);
		return { data: { targets: [...flushed, ...synced], pages: { total: shown.length, paths } } };
	} catch (error) {
		// A key of the wrong type, say: the database says so, and it is the caller's to fix.
		throw new RequestError(
			400,
			'INVALID_PAYLOAD',
			`Invalid payload. The change cannot be previewed: ${error instanceof Error ? error.message.replace(/^.* - /, '') : String(error)}`,
		);
	}
};

/** Who is to be previewed: all who are published, the one that was named, or the draft of a flush target. */
async function targetsFor(
	{ target: wanted, draft }: Pick<Asked<'dryRun'>['input'], 'target' | 'draft'>,
	{ rules }: Asked<'dryRun'>['runtime'],
	schema: SchemaOverview,
): Promise<{ flush: FlushTarget[]; sources: RemoteSource[] }> {
	const asked = draft?.id ?? wanted;
	if (rules.stale() || (asked !== undefined && !rules.target(asked))) await rules.refresh();
	const storedTarget = rules.target(asked ?? '');
	const stored = storedTarget?.kind === 'flush' ? storedTarget : null;
	if (draft) return { flush: [draftTarget(draft, stored, schema)], sources: [] };
	if (wanted !== undefined && !storedTarget) throw notFound('target', wanted);
	const targets = storedTarget ? [storedTarget] : rules.targets().filter(({ status }) => status === 'published');
	return {
		flush: targets.filter((target): target is FlushTarget => target.kind === 'flush'),
		sources: targets.filter((target): target is RemoteSource => target.kind === 'sync'),
	};
}
