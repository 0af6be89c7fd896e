import type { ContentModel } from '../document/content-model.js';
import { sensibleRule } from '../document/content-model.js';
import { parsedRules, type Draft } from '../document/draft.js';
import { layOutRules } from '../document/rules-layout.js';

/** The collections that the rules of a draft are about; null where the draft's rules are no list. */
export function tickedCollections(draft: Pick<Draft, 'rules'>): string[] | null {
	const rules = parsedRules(draft);
	if (!Array.isArray(rules)) return null;
	return rules.flatMap((rule: unknown) => {
		const collection = (rule as { collection?: unknown } | null)?.collection;
		return typeof collection === 'string' ? [collection] : [];
	});
}

/** The rules with a sensible one for a collection added, or those about it taken out. */
export function toggleCollection(
	draft: Pick<Draft, 'rules' | 'adapter'>,
	collection: string,
	model: ContentModel,
): string {
	const rules = parsedRules(draft);
	const list = Array.isArray(rules) ? (rules as unknown[]) : [];
	const isAbout = (rule: unknown) => (rule as { collection?: unknown } | null)?.collection === collection;
	const next = list.some(isAbout)
		? list.filter((rule) => !isAbout(rule))
		: [...list, sensibleRule(model, collection, draft.adapter)];
	return layOutRules(next);
}
