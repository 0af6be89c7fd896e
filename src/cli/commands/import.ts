import { stat } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import { collectionsFolder, snapshotFolder } from '../../config/core/dump/dump-choice.js';
import { readJsonText } from '../../config/core/dump/json-text.js';
import { writeDump } from '../../config/core/dump/dump-files.js';
import { importFiles } from '../../config/core/import/import-files.js';
import { leftOutBy, withoutTables } from '../../config/core/elements/left-out-tables.js';
import type { Bundle } from '../../contract/bundle.js';
import { count } from '../../kernel/core/count.js';
import { messageOf } from '../../kernel/core/message-of.js';
import type { RunCommand } from '../command.js';
import { dumpChoice } from '../dump-choice.js';
import { readFiles, writeFiles } from '../dump-folder.js';
import { Failure } from '../failure.js';
import { secretInFile, secretsOut, warnOfSecrets } from '../pull-secrets.js';
import { detailsOf } from '../request-failures.js';

const FORMS = ['.json', '.yaml', '.yml'];

/** Writes what another tool's files hold as configuration files, which "diff" and "push" read. No instance is asked. */
export const importInto: RunCommand = async (context) => {
	const { folder, operands, options, print, progress } = context;
	const [named = ''] = operands;
	const place = resolve(folder, named);
	const { format, bundle, issues, notes } = importFiles(await valuesIn(place, named));
	if (bundle === null)
		throw new Failure('INVALID_DUMP', 'These files cannot be imported.', {
			where: named,
			details: detailsOf(issues),
			advice: 'Nothing was written.',
		});
	const choice = dumpChoice(options);
	const before = await readFiles(options.dumpPath, [collectionsFolder(choice), snapshotFolder(choice)]);
	if (before.size > 0)
		throw new Failure('DUMP_EXISTS', 'There is a configuration in the folder already.', {
			where: options.dumpPath,
			advice: 'Name an empty folder with --dump-path. Nothing was written.',
		});
	const safe = secretsOut(context, chosen(bundle, options), {});
	const files = writeDump(safe.bundle, choice, before);
	const { written } = await writeFiles(options.dumpPath, files, before, () => false);
	for (const note of notes) progress.warn(note);
	warnOfSecrets(
		safe.places.map((secret) => secretInFile(secret, choice)),
		context,
	);
	const elements = Object.values(safe.bundle.elements).flat().length;
	print({ format, written, notes }, () => {
		const to = relative(folder, options.dumpPath) || '.';
		const collections = count(safe.bundle.schema?.collections.length ?? 0, 'collection');
		return `Imported ${collections} and ${count(elements, 'element')} (${format}) to ${to}: ${count(written.length, 'file')} written. "downstream diff" shows what a push would do.`;
	});
	return 0;
};

function chosen(bundle: Bundle, { kinds, schema, excludeTables }: Parameters<RunCommand>[0]['options']): Bundle {
	const elements = Object.fromEntries(
		Object.entries(bundle.elements).filter(([kind]) => kinds.some((one) => one === kind)),
	);
	return { ...bundle, elements, schema: schema ? withoutTables(bundle.schema, leftOutBy(excludeTables)) : null };
}

/** What the file holds, or each file of the folder. */
async function valuesIn(place: string, named: string): Promise<Map<string, unknown>> {
	const found = await stat(place).catch((cause: unknown) => {
		throw new Failure('NO_DUMP', 'There is no such file or folder.', { where: named, cause });
	});
	const all = found.isDirectory()
		? await readFiles(place, ['.'], FORMS)
		: await readFiles(dirname(place), ['.'], FORMS);
	const files = found.isDirectory() ? all : new Map([...all].filter(([file]) => file === basename(place)));
	const values = new Map<string, unknown>();
	for (const [file, text] of files) if (!/(^|\/)node_modules\//.test(file)) values.set(file, await valueOf(file, text));
	return values;
}

async function valueOf(file: string, text: string): Promise<unknown> {
	const unreadable = (message: string) =>
		new Failure('INVALID_DUMP', 'A file cannot be read.', {
			where: file,
			details: [{ place: '', message }],
			advice: 'Nothing was written.',
		});
	if (file.endsWith('.json')) {
		const { value, problems } = readJsonText(text);
		const [problem] = problems;
		if (problem) throw unreadable(problem.message);
		return value;
	}
	const { readYaml } = await import('../read-yaml.js');
	try {
		return readYaml(text);
	} catch (error) {
		throw unreadable(messageOf(error));
	}
}
