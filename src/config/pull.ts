import type { Bundle, ElementKind } from '../contract/bundle.js';
import { bundleOf, type BundleChoice } from './core/elements/bundle-of.js';
import type { ConfigIssue } from '../contract/plan.js';
import type { ConfigPorts } from './ports.js';
import { ConfigRefusal } from './refusal.js';
import { schemaNames } from './push.js';

/** As often as other pulls may get in between. */
const ATTEMPTS = 5;

/**
 * The configuration as a bundle. SyncIDs that it gave are recorded before it is handed out: a file must never hold one
 * that nobody knows. Where everything has one already, nothing is written.
 */
export async function pull(
	choice: BundleChoice,
	role: string | null,
	ports: ConfigPorts,
): Promise<{ bundle: Bundle; issues: ConfigIssue[]; recorded: number }> {
	let recorded = 0;
	for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
		const { taken, known } = await ports.read(async (reader) => ({
			taken: bundleOf(await reader.state({ own: choice.own, role }), choice, () => ports.clock.id()),
			known: await reader.recordedSchema(),
		}));
		const { bundle, newIds, issues } = taken;
		const count = (Object.keys(newIds) as ElementKind[]).reduce((sum, kind) => sum + (newIds[kind]?.length ?? 0), 0);
		const names = bundle.schema ? schemaNames(bundle.schema) : [];
		const recordedNames = new Set(known);
		if (names.some((name) => !recordedNames.has(name))) await ports.recordSchema(names);
		if (count === 0) return { bundle, issues, recorded };
		recorded += count;
		if (await ports.recordNewIds(newIds)) return { bundle, issues, recorded };
		// Another pull gave some of them other SyncIDs at the same moment; those are the ones.
	}
	throw new ConfigRefusal(409, 'STATE_MOVED', 'others keep recording SyncIDs at the same moment; try again');
}
