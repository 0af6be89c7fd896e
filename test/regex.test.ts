import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { countSteps, hostileTexts, parseExpression } from './regex-steps.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Every expression of ours, by what it says: its source, flags and place. */
function expressions(): Map<string, { source: string; flags: string; place: string }> {
	const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
		.filter((name) => /\.(ts|vue)$/.test(name) && !name.endsWith('.test.ts'))
		.map((name) => join(ROOT, 'src', name));
	const found = new Map<string, { source: string; flags: string; place: string }>();
	for (const file of [join(ROOT, 'schema.ts'), ...files]) {
		const text = readFileSync(file, 'utf8');
		const scripts = file.endsWith('.vue')
			? [...text.matchAll(/<script[^>]*>([^]*?)<\/script>/g)].map(([, code = '']) => code)
			: [text];
		for (const script of scripts) {
			const walk = (node: ts.Node): void => {
				if (ts.isRegularExpressionLiteral(node)) {
					const end = node.text.lastIndexOf('/');
					const [source, flags] = [node.text.slice(1, end), node.text.slice(end + 1)];
					found.set(node.text, { source, flags, place: relative(ROOT, file) });
				}
				ts.forEachChild(node, walk);
			};
			walk(ts.createSourceFile(file, script, ts.ScriptTarget.Latest));
		}
	}
	return found;
}

const SHORT = 100;
const LIMIT = 3_000_000;

/** The text by which an expression does more than so much for twice as long a text, and by how much. */
function worstGrowth(source: string, flags: string): { growth: number; text: string } {
	const parsed = parseExpression(source, flags);
	const long = hostileTexts(parsed, SHORT * 2);
	let worst = { growth: 0, text: '' };
	for (const text of hostileTexts(parsed, SHORT)) {
		const twice = long.next().value as string;
		const few = countSteps(parsed, text, LIMIT);
		const growth = few >= LIMIT ? Infinity : countSteps(parsed, twice, LIMIT) / few;
		if (growth > worst.growth) worst = { growth, text: `${text.slice(0, 12)}…` };
		if (growth > 100) break;
	}
	return worst;
}

test('finds what is quadratic or worse', () => {
	for (const bad of [/(a+)+$/, /\s+$/, /^(a|aa)*b$/, /<.*>/, /\b[a-z][a-z.]*:\/\//])
		expect(worstGrowth(bad.source, bad.flags).growth, String(bad)).toBeGreaterThan(2.9);
	for (const good of [/^\d+$/, /[aeiou]/, /^[a-z]+:\/\/[^/]+$/, /(?<![a-z])[a-z]{1,10}:/])
		expect(worstGrowth(good.source, good.flags).growth, String(good)).toBeLessThan(2.5);
});

test('no expression of ours takes more than linear time', () => {
	const all = expressions();
	expect(all.size).toBeGreaterThan(50);
	const slow = [...all].flatMap(([text, { source, flags, place }]) => {
		const { growth, text: by } = worstGrowth(source, flags);
		return growth > 2.6
			? [`${place}: ${text} grows ${growth.toFixed(1)}-fold with a text twice as long: ${JSON.stringify(by)}`]
			: [];
	});
	expect(slow).toEqual([]);
}, 120_000);
