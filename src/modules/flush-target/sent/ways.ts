import type { Draft } from '../document/draft.js';
import { parsedRules } from '../document/draft.js';

/** Where the tags come from that a flush target is sent. */
export type Way = 'automatic' | 'rules';

export const wayOf = ({ options }: Pick<Draft, 'options'>): Way =>
	options['tags'] === 'automatic' ? 'automatic' : 'rules';

/** The options with another way chosen; what only the former uses is kept. */
export function withWay(options: Draft['options'], way: Way): Draft['options'] {
	const { tags: _, ...others } = options;
	return way === 'automatic' ? { tags: 'automatic', ...others } : others;
}

/** How many rules a draft has; none where its text is no list. */
export function countRules(draft: Pick<Draft, 'rules'>): number {
	const rules = parsedRules(draft);
	return Array.isArray(rules) ? rules.length : 0;
}
