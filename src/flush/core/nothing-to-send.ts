import type { Issue } from '../../contract/issue.js';
import type { FlushRule } from '../../../schema.js';
import type { AdapterTarget, FlushChange } from '../adapters/adapter.js';
import { adapters } from '../adapters/index.js';
import { checkFlushOptions } from './validate-rules.js';
import { ADAPTERS, type AdapterName } from '../../contract/vocabulary.js';

/**
 * Rules for which the adapter makes no request: their deliveries would count as delivered, and nothing would be purged.
 * Found by asking the adapter for the requests of an example change.
 * @param rules the checked rules of a target, null where one is invalid
 * @param given the target's adapter and options; where they are invalid nothing can be said, and nothing is
 */
export function rulesThatSendNothing(
	rules: (FlushRule | null)[],
	given: { adapter: unknown; options: unknown },
): Issue[] {
	const name = (given.adapter ?? 'webhook') as AdapterName;
	const { options } = checkFlushOptions(given.adapter, given.options);
	if (!options || !ADAPTERS.includes(name)) return [];
	const target: AdapterTarget = { url: 'https://www.example.com', authHeader: 'no-auth', apiKey: null, options };
	return rules.flatMap((rule, index): Issue[] => {
		if (!rule || adapters[name].requests([exampleOf(rule)], target).length > 0) return [];
		const missing = (rule.paths ?? []).length === 0 ? 'a rule without paths' : 'this rule';
		const message = `with these options the adapter ${name} sends nothing for ${missing}`;
		return [{ path: `/${index}/paths`, code: 'nothing_to_send', message }];
	});
}

/** An example change of this rule. Its templates are not filled in: only whether there are any counts. */
const exampleOf = ({ collection, tags = [], paths = [] }: FlushRule): FlushChange => ({
	collection,
	event: 'update',
	item: '1',
	fields: {},
	previous: null,
	tags,
	paths,
	timestamp: 0,
});
