import type { Issue } from '../../endpoint/answers.js';
import type english from '../../words/en-US/target-editor.js';
import type { Say } from '../../words/use-words.js';
import { isAboutKey } from './apply-suggestion.js';
import type { ReadRules, SyntaxProblem } from './rules-text.js';
import { positionAt, stretchAt, type Position } from './text-place.js';

/** Something wrong at a place of the text. */
export interface Problem {
	message: string;
	from: Position;
	to: Position;
	issue: Issue | null;
}

const SAID = [
	'ValueExpected',
	'PropertyNameExpected',
	'CommaExpected',
	'ColonExpected',
	'CloseBraceExpected',
	'CloseBracketExpected',
	'UnexpectedEndOfString',
	'InvalidCommentToken',
	'DuplicateKey',
	'NoList',
] as const;

/** In words, why a text is no JSON, or no list of rules. */
export function syntaxText({ code, key = '' }: SyntaxProblem, say: Say<typeof english>): string {
	const known = SAID.find((one) => one === code);
	return known ? say(`syntax.${known}`, { key }) : say('syntax.other');
}

/** All that is wrong with a text: where it is no JSON, only that, since nothing else can be told. */
export function problemsOf(text: string, read: ReadRules, issues: Issue[], say: Say<typeof english>): Problem[] {
	const at = (offset: number, length: number) => ({
		from: positionAt(text, offset),
		to: positionAt(text, offset + Math.max(1, length)),
	});
	if (!read.ok)
		return read.problems.slice(0, 1).map((problem) => ({
			message: syntaxText(problem, say),
			issue: null,
			...at(problem.offset, Math.min(problem.length, 80)),
		}));
	return issues
		.filter(({ path }) => path === '/schema' || path.startsWith('/schema/'))
		.map((issue) => {
			const { offset, length } = stretchAt(text, issue.path.slice('/schema'.length), isAboutKey(issue));
			return { message: issue.message, issue, ...at(offset, length) };
		})
		.sort((a, b) => a.from.line - b.from.line || a.from.ch - b.from.ch);
}
