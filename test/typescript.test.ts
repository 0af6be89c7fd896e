import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

test('Node runs the TypeScript of this repository, with imports that end in .js', () => {
	const program = "import('./test/kit/receiver.ts').then(({ startReceiver }) => console.log(typeof startReceiver))";
	const args = ['--import', './scripts/typescript.mjs', '--eval', program];
	expect(execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' }).trim()).toBe('function');
});
