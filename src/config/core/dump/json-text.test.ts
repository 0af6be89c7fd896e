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

test.each([
	['[1 2]', '', 'line 1: expected "," or "]"'],
	['{\n"a": 1 x}', '', 'line 2: expected "," or "}"'],
	['{"a": {"b": [1,\n', '/a/b/1', 'line 2, where the file ends: expected a value'],
	['{"a"', '/a', 'line 1, where the file ends: expected ":"'],
	['{"a": "x\ny"}', '/a', 'line 1: expected a text in quotes, without line breaks'],
	['[{"a": 1,}]', '/0', 'line 1: expected a name in quotes'],
	['[1,]', '/1', 'line 1: expected a value'],
	['// why\n[]', '', 'line 1: expected a value'],
	['[]\n[]', '', 'line 2: expected the end of the file'],
])('says what is expected where %j stops being JSON', (text, path, message) => {
	expect(readJsonText(text).problems).toMatchObject([{ code: 'invalid_json', path, message }]);
});

test.each([0, 2, '\t'])('refuses more levels than Directus writes when they are indented by %j', (indentation) => {
	const nested = (levels: number) =>
		JSON.stringify(JSON.parse('['.repeat(levels) + ']'.repeat(levels)), null, indentation);
	expect(readable(nested(512))).toBe(true);
	expect(readJsonText(nested(513)).problems[0]?.message).toMatch('expected no more than 512 levels');
});

test('names a key that stands twice, with the line of the second', () => {
	expect(readJsonText('[{"a": {"b": 1,\n"c": 2,\n"b": 3}}]').problems).toMatchObject([
		{ code: 'duplicate_key', line: 3, path: '/0/a/b' },
	]);
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
