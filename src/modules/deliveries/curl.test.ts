import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { MASK } from '../../contract/vocabulary.js';
import { asCurl } from './curl.js';

/** The words that a shell would hand to curl. */
function words(command: string): string[] {
	const script = `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${command}`;
	return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

it('reads well', () => {
	const command = asCurl({
		method: 'POST',
		url: 'https://example.com/flush',
		headers: { 'content-type': 'application/json', 'content-length': '2', authorization: `Bearer ${MASK}` },
		body: '[]',
	});
	expect(command).toBe(
		[
			'curl -X POST https://example.com/flush',
			"-H 'content-type: application/json'",
			`-H 'authorization: Bearer ${MASK}'`,
			"--data-raw '[]'",
		].join(' \\\n  '),
	);
});

it('quotes every value so that the shell passes it on unchanged', () => {
	const odd = `it's "$HOME" \`id\` \\ !! ; & | > * ? ~ # \n\t$(id) é 🚀`;
	expect(
		words(
			asCurl({ method: 'PURGE', url: `https://example.com/?q=${odd}`, headers: { 'x-odd': odd }, body: `@${odd}` }),
		),
	).toEqual(['-X', 'PURGE', `https://example.com/?q=${odd}`, '-H', `x-odd: ${odd}`, '--data-raw', `@${odd}`]);
});

it('keeps a header without a value, and sends no body when there was none', () => {
	expect(words(asCurl({ method: 'GET', url: 'https://example.com', headers: { 'x-empty': '' }, body: null }))).toEqual([
		'-X',
		'GET',
		'https://example.com',
		'-H',
		'x-empty;',
	]);
});
