import type { SchemaOverview } from '@directus/types';
import type { SyncRule } from '../../../../schema.js';
import type { Issue } from '../../../contract/issue.js';
import { keyTypeOf } from './build-sync-model.js';
import { leadsTo, refusalOf, relatedList } from './sync-fields.js';

type Column = SchemaOverview['collections'][string]['fields'][string];

/** What is wrong with the values that a rule gives items on arrival. */
export function arrivalIssues(
	rule: SyncRule,
	schema: SchemaOverview,
	unknownField: (name: string, rule: SyncRule, known: string[]) => Issue,
): Issue[] {
	const { collection, on_arrival: given, direction, match = [] } = rule;
	if (!given) return [];
	const { fields = {} } = schema.collections[collection] ?? {};
	const issues: Issue[] =
		direction === 'pull'
			? [
					{
						path: '/on_arrival',
						code: 'no_effect',
						message: `a rule with the direction "pull" sends nothing; say on the other side what items are given here`,
					},
				]
			: [];
	if (!given.create && !given.always)
		issues.push({
			path: '/on_arrival',
			code: 'required',
			message: 'say "create" or "always", with at least one field',
		});
	for (const when of ['create', 'always'] as const)
		for (const [name, value] of Object.entries(given[when] ?? {})) {
			const column = Object.hasOwn(fields, name) ? fields[name] : undefined;
			const add = (issue: Omit<Issue, 'path'>) =>
				issues.push({ ...issue, path: `/on_arrival/${when}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` });
			const refusal = column ? refusalOf(schema, collection, name) : null;
			if (!column) add(unknownField(name, rule, Object.keys(fields)));
			else if (refusal !== null)
				add({ code: 'cannot_travel', message: `"${name}" of ${collection} ${refusal}; take it out` });
			else if (column.alias || leadsTo(schema, collection, name).length > 0)
				add({
					code: 'not_plain',
					message: `"${name}" of ${collection} leads to other items; only plain values are given`,
				});
			else if (match.includes(name))
				add({
					code: 'is_match',
					message: `"${name}" finds items on the other side, so it has to travel; give another field`,
				});
			else if (when === 'create' && Object.hasOwn(given.always ?? {}, name))
				add({ code: 'duplicate_field', message: `"${name}" is among "always", which holds for new items, too` });
			else if (!fits(value, column))
				add({
					code: 'invalid_value',
					message: `"${name}" of ${collection} is of the type ${column.type}, which ${JSON.stringify(value)} is not`,
				});
		}
	return issues;
}

const NUMBERS = ['integer', 'float', 'decimal'];

/** Whether a plain value can be one of a column, as far as its type says. */
function fits(value: unknown, { type, nullable }: Column): boolean {
	if (value === null) return nullable;
	if (NUMBERS.includes(type)) return typeof value === 'number';
	if (type === 'boolean') return typeof value === 'boolean';
	if (type === 'bigInteger') return typeof value === 'number' || /^-?\d+$/.test(String(value));
	return typeof value === 'string' && type !== 'json' && type !== 'csv' && !type.startsWith('geometry');
}

/** What is wrong with the languages of a rule: they need translations that follow it, and keys that mean the same there. */
export function languageIssues(
	{ collection, languages }: SyncRule,
	{ meant, all, schema }: { meant: string[]; all: SyncRule[]; schema: SchemaOverview },
): Issue[] {
	if (!languages) return [];
	const issue = (code: string, message: string): Issue[] => [{ path: '/languages', code, message }];
	const lists = meant.flatMap((field) => {
		const list = relatedList(schema, collection, field);
		return list?.translations && list.onward !== null ? [{ ...list, onward: list.onward, alias: field }] : [];
	});
	if (lists.length === 0)
		return issue(
			'no_translations',
			`no field of this rule has translations of ${collection}; add one, or take this out`,
		);
	return lists.flatMap(({ collection: of, onward, alias }) => {
		const example = JSON.stringify({ [onward]: { _in: languages } });
		if (all.some((other) => other.collection === of))
			return issue('own_rule', `${of} has a rule of its own; choose the languages there, with the \`when\` ${example}`);
		const numbered = leadsTo(schema, of, onward).find((language) => keyTypeOf(schema, language) === 'integer');
		if (numbered === undefined) return [];
		return issue(
			'numbered',
			`"${alias}" names languages by the keys of ${numbered}, which are numbers; give ${of} a rule of its own with a \`when\` on a field of ${numbered}`,
		);
	});
}
