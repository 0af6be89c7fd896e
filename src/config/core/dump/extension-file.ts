import { z } from 'zod';
import { extensionState, type ExtensionState } from '../../../contract/bundle.js';
import { below, collectionsFolder, type DumpChoice } from './dump-choice.js';
import type { DumpReading } from './dump-reading.js';
import { readJsonText } from './json-text.js';
import { printJson } from './stable-json.js';

/** Beside the files of the elements. Dumps of `directus-sync` have none, which says nothing about extensions. */
export const EXTENSIONS_FILE = 'extensions.json';

const states = z.array(extensionState);

/** null where there is no such file, or it cannot be used, which the reading says. */
export function readExtensionStates(reading: DumpReading, choice: DumpChoice): ExtensionState[] | null {
	const file = below(collectionsFolder(choice), EXTENSIONS_FILE);
	if (!reading.files.has(file)) return null;
	const read = reading.open(file, { message: '', suggestion: '' });
	if (!read) return null;
	const shape = states.safeParse(read.value);
	for (const { path, message } of shape.error?.issues ?? [])
		reading.wrong(read, path.map((step) => `/${String(step)}`).join(''), {
			code: 'wrong_type',
			message: `${message}; expected a list of { "name": …, "enabled": true or false }`,
			suggestion: 'correct it, pull again, or leave extensions out (--no-extensions)',
		});
	for (const [index, { name }] of (shape.data ?? []).entries()) {
		reading.keep('extensions', name, read, `/${index}`);
	}
	return shape.data ?? null;
}

/** What did not change keeps its bytes. */
export function writeExtensionStates(extensions: readonly ExtensionState[], former: string | undefined): string {
	const parsed = former === undefined ? undefined : readJsonText(former).value;
	return printJson(extensions, former === undefined || parsed === undefined ? null : { text: former, value: parsed });
}
