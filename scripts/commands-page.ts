import { parseArguments } from '../src/cli/arguments.js';
import { configFile } from '../src/cli/config-shape.js';
import { COMMANDS } from '../src/cli/flags.js';

/** `docs/commands.md`: what each command says of itself, and the keys of a configuration file. */
export function commandsPage(): string {
	const shared = sections(helpOf([])).get('Options of every command') ?? '';
	const commands = COMMANDS.map((command) => {
		const help = helpOf(command.split(' '));
		const [usage = '', description = ''] = help.split('\n\n');
		const options = sections(help).get('Options') ?? '';
		return [
			`## \`${command}\``,
			capital(description.replaceAll(/\s*\n\s*/g, ' ')),
			fenced([usage.replace(/^Usage: /, '').trim(), ...(options === '' ? [] : ['', options])].join('\n')),
		].join('\n\n');
	});
	const keys = Object.keys(configFile.shape).map((key) => `\`${key}\``);
	return `# Commands

What \`downstream <command> --help\` says. Environments, secrets and pipelines are in [Configuration](config.md#in-a-team).

This page is made by \`npm run docs\`.

## Every command

${fenced(shared)}

Keys of a configuration file (\`downstream.config.json\`, \`.js\`, \`.mjs\`, \`.cjs\`, \`.ts\`; those of \`directus-sync.config.*\` are the same): ${keys.join(', ')}.

${commands.join('\n\n')}
`;
}

const fenced = (text: string): string => `\`\`\`\n${text.replaceAll(/ +$/gm, '')}\n\`\`\``;

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function helpOf(command: readonly string[]): string {
	const parsed = parseArguments([...command, '--help'], '', 100);
	if (parsed.outcome !== 'shown') throw new Error(`no help of "${command.join(' ')}"`);
	return parsed.text;
}

/** The parts of a help text by their headings. */
function sections(help: string): Map<string, string> {
	const parts = help.split(/^(\S[^\n]*):\n/m);
	const found = new Map<string, string>();
	for (let index = 1; index < parts.length; index += 2)
		found.set(parts[index] ?? '', (parts[index + 1] ?? '').trimEnd());
	return found;
}
