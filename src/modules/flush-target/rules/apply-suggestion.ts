import { nearestName } from '../../../kernel/core/near-miss.js';
import type { Edit } from 'jsonc-parser';
import type { Issue } from '../../endpoint/answers.js';
import { renameKeyEdit, setAtEdit } from './rules-text.js';
import { locate } from './text-place.js';

/** Whether an issue is about the name of a key, and not its value. */
export const isAboutKey = ({ path, code }: Pick<Issue, 'path' | 'code'>) =>
	code === 'unknown_key' || code === 'unknown_operator' || (code === 'unknown_field' && path.includes('/when/'));

/**
 * The edits that put a suggested name where the misspelt one stands, as little else as possible being touched; none
 * where the text has changed so much that it is no longer there.
 * @param pointer the place of the issue within the rules, such as `/0/payload/2`
 */
export function suggestionEdits(text: string, pointer: string, issue: Issue): Edit[] {
	const place = locate(text, pointer);
	if (!issue.suggestion || !place?.exact) return [];
	const last = place.path.at(-1);
	if (isAboutKey(issue))
		return typeof last === 'string' ? renameKeyEdit(text, place.path, applySuggestion(last, issue)) : [];
	const value: unknown = place.node.value;
	return typeof value === 'string' ? setAtEdit(text, place.path, applySuggestion(value, issue)) : [];
}

/** A name, a path or a template with its misspelt part replaced: `author.nmae` ⇒ `author.name`. */
export function applySuggestion(
	text: string,
	{ message, suggestion = '' }: Pick<Issue, 'message' | 'suggestion'>,
): string {
	const words: string[] = text.match(/[\p{L}\p{N}_$-]+/gu) ?? [];
	if (words.length === 1 && words[0] === text) return suggestion;
	const quoted = [...message.matchAll(/"([^"]*)"/g)].map(([, word = '']) => word);
	const wrong = quoted.find((word) => word !== suggestion && words.includes(word)) ?? nearestName(suggestion, words);
	if (wrong === undefined) return suggestion;
	return text.replace(
		new RegExp(`(?<![\\p{L}\\p{N}_$-])${wrong.replaceAll(/[$-]/g, '\\$&')}(?![\\p{L}\\p{N}_$-])`, 'gu'),
		() => suggestion,
	);
}
