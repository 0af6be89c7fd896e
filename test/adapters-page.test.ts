import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { adaptersPage } from '../scripts/adapters-page.js';

test('docs/adapters.md is what the adapters say now; "npm run docs" writes it', async () => {
	const file = new URL('../docs/adapters.md', import.meta.url).pathname;
	const style = await resolveConfig(file);
	expect(readFileSync(file, 'utf8')).toBe(await format(adaptersPage(), { ...style, filepath: file }));
});
