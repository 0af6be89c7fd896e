import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { adapters } from '../src/flush/adapters/index.js';

/** `docs/adapters.md`: every adapter and its options, from the schemas that validation reads. */
export function adaptersPage(): string {
	const sections = Object.values(adapters).map(({ name, title, description, options }) => {
		const rows = Object.entries(options.shape).map(([option, type]) => {
			const told = (type as z.ZodType).meta()?.description ?? '';
			return `| \`${option}\` | ${fallback(type as z.ZodType)} | ${told.replaceAll('|', '\\|')} |`;
		});
		const table = rows.length > 0 ? ['', '| option | default | meaning |', '| --- | --- | --- |', ...rows] : [];
		return [`## ${title} (\`${name}\`)`, '', description, ...table, ...notesOf(name)].join('\n');
	});
	return `# Adapters

How a flush target wants it on the wire: its field \`adapter\`. The options below are set in the target's \`options\`, beside those that every target has (see [Options](flush.md#options)). Requests are packed to the provider's limits, and slowed to its rate unless \`rate\` says otherwise.

A rule that names neither \`tags\` nor \`paths\` purges two tags: the collection (\`articles\`) and the item (\`articles-1\`). Only \`webhook\` sends no tags that a rule does not name. With \`map_tags\`, a rule's \`article:1\` becomes \`article-1\`, a spelling that every CDN takes: let your pages carry that one, or switch it off.

This page is made by \`npm run docs\`.

${sections.join('\n\n')}
`;
}

/** What a form has no room for: how the provider is set up, and what it does otherwise than others. */
function notesOf(name: string): string[] {
	const file = join(import.meta.dirname, '..', 'src', 'flush', 'adapters', name, 'README.md');
	return existsSync(file) ? ['', readFileSync(file, 'utf8').trim()] : [];
}

function fallback(type: z.ZodType): string {
	const parsed = type.safeParse(undefined);
	if (!parsed.success) return 'required';
	return parsed.data === undefined ? '–' : `\`${JSON.stringify(parsed.data)}\``;
}
