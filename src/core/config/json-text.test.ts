import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readJsonText } from './json-text.js';
import { inOrderOf, printJson, withSortedKeys } from './stable-json.js';

const readable = (text: string): boolean => readJsonText(text).value !== undefined;

function parses(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

test('it reads what JSON is, and nothing else', () => {
	fc.assert(
		fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 2 }), (text, at, piece) => {
			const place = at % (text.length + 1);
			for (const broken of [text, text.slice(0, place), text.slice(0, place) + piece + text.slice(place)]) {
				expect(readable(broken)).toBe(parses(broken));
			}
		}),
		{ numRuns: 2_000 },
	);
});

test('values are what JSON.parse makes of them', () => {
	const text = '{"__proto__": {"a": "\\u00e9\\n"}, "b": [1e3, -0.5, true, null]}';
	expect(JSON.stringify(readJsonText(text).value)).toBe(JSON.stringify(JSON.parse(text)));
	expect(readJsonText('\uFEFF[]').value).toEqual([]);
});

test('lines are found at every depth', () => {
	const { lineOf } = readJsonText('[\n  {\n    "a/b": {\n      "c": [\n        1,\n        2\n      ]\n    }\n  }\n]');
	expect(['', '/0', '/0/a~1b', '/0/a~1b/c/1', '/0/a~1b/c/9', '/7'].map(lineOf)).toEqual([1, 2, 3, 6, 4, 1]);
});

test('a text that is nested without end is refused, not followed', () => {
	const { problems } = readJsonText('['.repeat(100_000));
	expect(problems).toMatchObject([{ code: 'invalid_json', message: 'line 1: expected no more than 512 levels' }]);
});

test('a long text does not exhaust anything', () => {
	expect(readable(JSON.stringify({ css: 'x\n'.repeat(2_000_000) }))).toBe(true);
});

test.each(['<<<<<<< HEAD', '=======', '>>>>>>> theirs', '||||||| base'])('%s is a conflict marker', (line) => {
	expect(readJsonText(`{\n"a": 1,\r\n${line}\r\n}`).problems).toMatchObject([{ code: 'conflict_marker', line: 3 }]);
	expect(readable(JSON.stringify({ text: line }))).toBe(true);
});

test('keys stay in their order, new ones follow the one that they follow', () => {
	const before = { c: 1, a: { y: 1, x: 2 }, b: [{ p: 1, q: 2 }, { r: 1 }] };
	const after = { new1: 0, a: { x: 2, new2: 0, y: 1 }, b: [{ r: 1 }, { q: 2, p: 1 }], c: 2 };
	expect(JSON.stringify(inOrderOf(before, after))).toBe(
		'{"new1":0,"c":2,"a":{"y":1,"x":2,"new2":0},"b":[{"r":1},{"p":1,"q":2}]}',
	);
});

test('order is all that changes', () => {
	fc.assert(
		fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
			expect(inOrderOf(before, after)).toEqual(after);
			expect(withSortedKeys(after)).toEqual(after);
			const once = JSON.stringify(inOrderOf(before, after));
			expect(JSON.stringify(inOrderOf(JSON.parse(once), after))).toBe(once);
		}),
	);
});

test('a text is written with the indentation, line ends and last line that it had', () => {
	const before = { text: '{\r\n\t"a": 1\r\n}', value: { a: 1 } };
	expect(printJson({ a: 2 }, before)).toBe('{\r\n\t"a": 2\r\n}');
	expect(printJson({ a: 1 }, before)).toBe(before.text);
	expect(printJson({ a: 1 }, null)).toBe('{\n  "a": 1\n}\n');
});
