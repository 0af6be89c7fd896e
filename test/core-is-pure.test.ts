import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const CORE = fileURLToPath(new URL('../src/core', import.meta.url));

/** Lint forbids `Date.now` there; that a `Date` without arguments is a clock too, it can't be told. */
test('core never reads the clock through a Date without arguments', () => {
	const files = readdirSync(CORE, { recursive: true, encoding: 'utf8' }).filter(
		(name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
	);
	expect(files.length).toBeGreaterThan(0);
	const readers = files.filter((name) => /new Date\(\s*\)/.test(readFileSync(join(CORE, name), 'utf8')));
	expect(readers).toEqual([]);
});
