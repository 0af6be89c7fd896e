import { ELEMENT_KINDS, type Bundle } from '../../core/config/bundle.js';
import { bundleOf, type BundleChoice } from '../../core/config/bundle-of.js';
import { withoutOwn } from '../../core/config/own-parts.js';
import { planConfig } from '../../core/config/plan-config.js';
import type { PlanFacts, PlanOptions } from '../../core/config/plan-options.js';
import type { ConfigIssue, Plan } from '../../core/config/plan-shape.js';
import type { Planned } from './apply-plan.js';
import type { ConfigReader } from './ports.js';

/** What somebody wants an instance to become, and how. */
export interface Wish {
	/** From outside and checked, or made from what is there. */
	wish(found: Found): { wanted: Bundle; options: PlanOptions };
	choice: Pick<BundleChoice, 'syncPolicyRoles' | 'preserveIds' | 'own'>;
	/** The role of the admin who asks. */
	role: string | null;
	/** Keys that elements shall have which are created, by `kind:syncId`. */
	localIds?: ReadonlyMap<string, string>;
}

/** What is there, and the SyncIDs that were made up for what nothing has recorded. */
export type Found = Pick<Planned, 'state' | 'current' | 'newIds'>;

/** Reads what is there, and plans what would have to be done. */
export async function planWish(
	reader: ConfigReader,
	wish: Wish,
	newId: () => string,
): Promise<Planned & { issues: ConfigIssue[]; warnings: ConfigIssue[] }> {
	const { choice } = wish;
	const state = await reader.state({ own: choice.own, role: wish.role });
	const { bundle: current, newIds } = bundleOf(state, { ...choice, kinds: ELEMENT_KINDS, schema: true }, newId);
	const { wanted: given, options } = wish.wish({ state, current, newIds });
	const wanted = withChosenParts(given, choice);
	const recorded = await reader.recordedSchema();
	const { plan, issues, warnings } = planConfig({
		state,
		current,
		newIds,
		wanted,
		options: {
			...options,
			preserve_ids: choice.preserveIds,
			...(recorded ? { recorded_schema: recorded } : {}),
			facts: await gatherFacts(reader, current, wanted),
		},
	});
	return { state, current, newIds, wanted, plan, preserveIds: choice.preserveIds, issues, warnings };
}

/** Without what is not to be compared. */
function withChosenParts(bundle: Bundle, { own, syncPolicyRoles }: Wish['choice']): Bundle {
	const mine = own ? bundle : withoutOwn(bundle);
	const { policies } = mine.elements;
	if (syncPolicyRoles || !policies) return mine;
	return {
		...mine,
		elements: { ...mine.elements, policies: policies.map((policy) => ({ ...policy, roles: undefined })) },
	};
}

/** Counts for what may be deleted: those are looked up for little, and all others not at all. */
async function gatherFacts(reader: ConfigReader, current: Bundle, wanted: Bundle): Promise<PlanFacts> {
	const facts: PlanFacts = { rowsOf: {}, valuesOf: {}, ...(await reader.countUsers()) };
	if (!wanted.schema || !current.schema) return facts;
	const collections = new Set(wanted.schema.collections.map(({ collection }) => collection));
	const fields = new Map(wanted.schema.fields.map((field) => [`${field.collection}.${field.field}`, field]));
	for (const { collection, schema } of current.schema.collections) {
		if (!collections.has(collection) && schema)
			(facts.rowsOf ??= {})[collection] = await reader.countValues(collection, null);
	}
	for (const { collection, field, type, schema } of current.schema.fields) {
		const name = `${collection}.${field}`;
		const becomes = fields.get(name);
		if (!collections.has(collection) || !schema || (becomes && becomes['type'] === type)) continue;
		(facts.valuesOf ??= {})[name] = await reader.countValues(collection, field);
	}
	return facts;
}

/** Whether a plan changes anything. */
export const changesAnything = ({ changes, adoptions }: Plan): boolean =>
	adoptions.length > 0 || changes.some(({ kept, action }) => !kept && action !== 'none');
