import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const page = readFileSync('docs/sync-rules.md', 'utf8');
/** Rows of a table end with a file and the name of a test in it. */
const rows = page.split('\n').filter((line) => line.startsWith('| ') && !/^\| (rule|-)/.test(line));

test('each rule of sync names a test that is there', () => {
	expect(rows.length).toBeGreaterThan(60);
	const missing = rows.filter((row) => {
		const [, file = '', name = ''] = /`([^`]+)` "(.+)" *\|$/.exec(row) ?? [];
		if (!existsSync(file)) return true;
		const quoted = ["'", '"', '`'].map((quote) => `${quote}${name}${quote}`);
		return !quoted.some((title) => readFileSync(file, 'utf8').includes(title));
	});
	expect(missing).toEqual([]);
});
