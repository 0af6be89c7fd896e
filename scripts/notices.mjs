/**
 * `npm run notices`: writes `THIRD-PARTY-NOTICES.txt`, the licences of every package that the bundle takes in.
 * `--check` only compares, and fails where the file is out of date.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledPackages, ROOT } from './bundled.mjs';

const FILE = join(ROOT, 'THIRD-PARTY-NOTICES.txt');

function noticeOf(folder) {
	const path = join(ROOT, folder);
	const { name, version, license, author } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
	const file = readdirSync(path).find((one) => /^(licen[cs]e|copying)(\.|$)/i.test(one));
	const by = typeof author === 'string' ? author : author?.name;
	const text = file
		? readFileSync(join(path, file), 'utf8').trim()
		: `${license}. The package has no licence text of its own.${by ? ` Author: ${by}.` : ''}`;
	return { name, text: `${name} ${version} (${license})\n\n${text.replaceAll('\r\n', '\n')}` };
}

const notices = (await bundledPackages()).map(noticeOf).toSorted((a, b) => (a.name < b.name ? -1 : 1));
const line = `\n\n${'-'.repeat(80)}\n\n`;
const wanted = `Downstream's files in dist/ contain these packages, under these licences.${line}${notices.map(({ text }) => text).join(line)}\n`;
if (process.argv.includes('--check')) {
	if (!existsSync(FILE) || readFileSync(FILE, 'utf8') !== wanted) {
		console.error('THIRD-PARTY-NOTICES.txt is out of date; "npm run notices" writes it.');
		process.exitCode = 1;
	}
} else {
	writeFileSync(FILE, wanted);
	console.log(`${notices.length} packages: ${notices.map(({ name }) => name).join(', ')}`);
}
