import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseArguments } from '../src/cli/arguments.js';
import { COMMANDS } from '../src/cli/flags.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');
/** What users read: the README and the pages beside it. */
const PAGES = [
	'README.md',
	...readdirSync(join(ROOT, 'docs'))
		.filter((name) => name.endsWith('.md'))
		.map((name) => `docs/${name}`),
];

/** What stands between backticks in a line, or in a whole text. */
const quoted = (text: string) => [...text.matchAll(/`([^`\n]+)`/g)].map(([, inside = '']) => inside);

const looksLikePath = (text: string) =>
	/^[\w@.<>*/-]+$/.test(text) && (/^[\w.-]+\/[\w<*]/.test(text) || /\.(ts|vue|mjs|json|css)$/.test(text));

test('every path that the architecture names exists', () => {
	const missing: string[] = [];
	let checked = 0;
	for (const line of read('docs/architecture.md').split('\n')) {
		// A name without a folder is in the folder of the path before it.
		let folder: string | null = null;
		for (const path of quoted(line).filter(looksLikePath)) {
			const fixed = path.replace(/[<*].*$/, '');
			const places: string[] = [fixed, `src/${fixed}`, ...(folder === null ? [] : [`${folder}/${fixed}`])];
			const place = places.find((candidate: string) => existsSync(join(ROOT, candidate)));
			if (place === undefined) missing.push(path);
			else if (place.includes('/'))
				folder = statSync(join(ROOT, place)).isDirectory() ? place : place.slice(0, place.lastIndexOf('/'));
			checked++;
		}
	}
	expect(missing).toEqual([]);
	expect(checked).toBeGreaterThan(100);
});

const DECISIONS = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => name !== 'README.md');

test.each(['docs/decisions', 'docs/threat-model.md'])('every file that %s names exists', (name) => {
	const text = name.endsWith('.md') ? read(name) : DECISIONS.map((record) => read(`${name}/${record}`)).join('\n');
	const files = quoted(text).filter((text) => /^[\w.-]+\/[\w./-]+\.(ts|vue|mjs|md)$/.test(text));
	expect(files.length).toBeGreaterThan(0);
	expect(files.filter((file) => ![file, `src/${file}`].some((place) => existsSync(join(ROOT, place))))).toEqual([]);
});

test('the index of decisions names every record, in order', () => {
	const links = [...read('docs/decisions/README.md').matchAll(/\]\((\d{4}-[^)]+\.md)\) (.+)/g)];
	expect(links.map(([, file]) => file)).toEqual(DECISIONS.toSorted());
	for (const [, file = '', title = ''] of links)
		expect(read(`docs/decisions/${file}`)).toMatch(`# ${Number(file.slice(0, 4))}. ${title}\n`);
	expect(new Set(DECISIONS.map((file) => file.slice(0, 4))).size).toBe(DECISIONS.length);
});

test('the glossary explains each word once, and only what it names', () => {
	const words = [...read('docs/glossary.md').matchAll(/^\*\*(.+?)\*\*: (.+)$/gm)].map(([, word = '']) => word);
	expect(words.length).toBeGreaterThan(30);
	expect(words).toEqual([...new Set(words)].toSorted((a, b) => a.localeCompare(b)));
});

test('the architecture answers each question once', () => {
	const questions = read('docs/architecture.md')
		.split('\n')
		.flatMap((line) => /^\| ([^|]+\?) +\|/.exec(line)?.[1] ?? []);
	expect(questions.length).toBeGreaterThan(20);
	expect(questions.filter((question, index) => questions.indexOf(question) !== index)).toEqual([]);
});

const helpOf = (command: string): string => {
	const parsed = parseArguments([...command.split(' ').filter(Boolean), '--help'], '0');
	if (parsed.outcome !== 'shown') throw new Error(`no help of "${command}"`);
	return parsed.text;
};

/** Ours, in what a page quotes and in its examples: `downstream …`, or a command by itself with a flag. */
function commandLines(page: string): string[] {
	const examples = [...page.matchAll(/^```sh\n([^]*?)^```/gm)].flatMap(([, block = '']) => block.split('\n'));
	return [...examples, ...quoted(page)].flatMap((line) => {
		const said = /^(?:npx )?(?:directus-extension-)?downstream ([a-z][^#]*)/.exec(line)?.[1];
		if (said !== undefined) return [said.trim()];
		return COMMANDS.some((command) => new RegExp(`^${command} .*--`).test(line)) ? [line] : [];
	});
}

test('every command that the pages name exists, with the flags that it is given', () => {
	const lines = PAGES.flatMap((name) => commandLines(read(name)));
	const wrong = lines.filter((line) => {
		const command = COMMANDS.find((candidate) => line === candidate || line.startsWith(`${candidate} `));
		if (command === undefined) return true;
		const help = helpOf(command);
		const flags = [...line.matchAll(/(?:^|[\s[])(--?[a-z][\w-]*)/g)].map(([, flag = '']) => flag);
		return flags.some((flag) => !new RegExp(`(^|[\\s,])${flag}(?![\\w-])`, 'm').test(help));
	});
	expect(wrong).toEqual([]);
	expect(lines.length).toBeGreaterThan(40);
});

/** Where errors get a code: a literal that becomes `code`, an argument of an error, a diagnostic. */
const CODE =
	/(?:\bcode: |\badd\(\s*'(?:error|warning)',\s*|(?:Error|Refusal|NotPromoted|Failure)\((?:\d+,\s*)?)'([A-Z][A-Z_]{3,})'/g;

test('the page of error codes explains every code that the code gives', () => {
	const explained = new Set(quoted(read('docs/error-codes.md')));
	const given = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
		.flatMap((file) => [...read(join('src', file)).matchAll(CODE)].map(([, code = '']) => code));
	expect(given.length).toBeGreaterThan(100);
	// Of sockets and streams themselves: they never reach a person by this name.
	const inner = new Set(['ECONNRESET']);
	expect([...new Set(given)].filter((code) => !explained.has(code) && !inner.has(code)).toSorted()).toEqual([]);
});

/** Of other programs: npm scripts of this repository, and MySQL's dump. */
const OTHERS = new Set(['--only', '--whole', '--config', '--skip-triggers', '--clock', '--sync', '--fuzz']);

test('every flag that the pages name by itself is one of a command', () => {
	const helps = COMMANDS.map(helpOf).join('\n');
	const flags = PAGES.flatMap((name) => quoted(read(name))).flatMap((text) => /^(--[a-z][\w-]*)/.exec(text)?.[1] ?? []);
	expect(flags.length).toBeGreaterThan(30);
	// What older tools had is accepted, and not shown.
	const source = read('src/cli/command-options.ts');
	expect(flags.filter((flag) => !OTHERS.has(flag) && !new RegExp(`${flag}(?![\\w-])`).test(helps + source))).toEqual(
		[],
	);
});

test('every environment variable of ours that the pages name is read by the code', () => {
	const code = ['schema.ts', ...readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })]
		.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
		.map((file) => read(file === 'schema.ts' ? file : join('src', file)))
		.join('\n');
	const text = PAGES.map(read).join('\n');
	const names = new Set(text.match(/\b(?:DOWNSTREAM|CACHE_FLUSH|DATA_SYNC)_[A-Z_]+[A-Z]\b/g));
	expect(names.size).toBeGreaterThan(5);
	expect([...names].filter((variable) => !new RegExp(`\\b${variable}\\b`).test(code))).toEqual([]);
});

/** A heading as GitHub makes an anchor of it. */
const anchorOf = (heading: string) =>
	heading
		.toLowerCase()
		.replace(/[^\p{L}\p{N} _-]/gu, '')
		.replaceAll(' ', '-');

test.each(PAGES)('every link of %s leads to a file, and to a heading in it', (name) => {
	const text = read(name).replaceAll(/^```[^]*?^```/gm, '');
	const broken = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(
		([link, path = '', anchor]) => {
			const file = path === '' ? name : join(dirname(name), path);
			if (!existsSync(join(ROOT, file))) return [link];
			if (anchor === undefined) return [];
			const headings = [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
			return headings.includes(anchor) ? [] : [link];
		},
	);
	expect(broken).toEqual([]);
});

test('the README is short, and leads to every page', () => {
	const text = read('README.md');
	expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8_000);
	const about = ['docs/index.md', 'docs/sync-rules.md'];
	expect(PAGES.filter((page) => page !== 'README.md' && !about.includes(page) && !text.includes(`](${page})`))).toEqual(
		[],
	);
});
