import type { Command, Option } from 'commander';
import { ELEMENT_KINDS } from '../contract/config-kinds.js';
import { DELIVERY_STATUSES, EVENTS } from '../contract/vocabulary.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What a flag takes: nothing, any text, a file or folder, or one of these. */
export type Takes = 'nothing' | 'text' | 'path' | readonly string[];

export interface FlagWord {
	/** `-u`, where it has one. */
	short: string | null;
	long: string;
	says: string;
	takes: Takes;
}

/** A command, `push` or `seed push`, with all that may be typed after it. */
export interface CommandWord {
	name: string;
	says: string;
	flags: FlagWord[];
	/** What its operand may be, where that is known. */
	operands: readonly string[];
}

/** The values of what help texts call so. */
const VALUES: Record<string, readonly string[]> = { kinds: ELEMENT_KINDS, statuses: DELIVERY_STATUSES, event: EVENTS };
const PATHS = ['path', 'file', 'paths'];

/** The declared commands as words to type; `help` and older names are left out. */
export function wordsOf(program: Command): CommandWord[] {
	const shared = program.options.filter((flag) => !flag.hidden).map(flagOf);
	const help: FlagWord = { short: '-h', long: '--help', says: 'show help', takes: 'nothing' };
	const of = (command: Command, before: string): CommandWord[] => {
		const name = `${before}${command.name()}`;
		const inner = command.commands.flatMap((child) => of(child, `${name} `));
		if (inner.length > 0) return inner;
		const flags = [...command.options.filter((flag) => !flag.hidden).map(flagOf), ...shared, help];
		return [{ name, says: command.description(), flags, operands: name === 'completion' ? SHELLS : [] }];
	};
	return program
		.createHelp()
		.visibleCommands(program)
		.filter((one) => one.name() !== 'help')
		.flatMap((one) => of(one, ''));
}

function flagOf(flag: Option): FlagWord {
	const [, placeholder] = /[<[]([\w:=]+)/.exec(flag.flags) ?? [];
	return {
		short: flag.short ?? null,
		long: flag.long ?? flag.flags,
		says: flag.description,
		takes: flag.argChoices ?? (placeholder === undefined ? 'nothing' : takenBy(placeholder)),
	};
}

const takenBy = (placeholder: string): Takes => VALUES[placeholder] ?? (PATHS.includes(placeholder) ? 'path' : 'text');

export function completionScript(shell: Shell, commands: readonly CommandWord[]): string {
	return { bash, zsh, fish }[shell](commands);
}

/** The words that may follow each beginning: `''` ⇒ `push seed …`, `seed` ⇒ `diff push`. */
function beginnings(commands: readonly CommandWord[]): Map<string, string[]> {
	const next = new Map<string, string[]>();
	for (const { name } of commands) {
		const words = name.split(' ');
		for (const [index, word] of words.entries()) {
			const before = words.slice(0, index).join(' ');
			const known = next.get(before) ?? [];
			if (!known.includes(word)) next.set(before, [...known, word]);
		}
	}
	return next;
}

const wordsFor = ({ short, long }: FlagWord): string[] => (short === null ? [long] : [short, long]);
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Flags that take a value, of all commands: no two of one name take different ones. */
function taking(commands: readonly CommandWord[]): Map<string, FlagWord> {
	const flags = commands.flatMap((command) => command.flags).filter(({ takes }) => takes !== 'nothing');
	return new Map(flags.map((flag) => [`${flag.long} ${JSON.stringify(flag.takes)}`, flag]));
}

function bash(commands: readonly CommandWord[]): string {
	const groups = beginnings(commands);
	const first = groups.get('') ?? [];
	const values = [...taking(commands).values()].map((flag) => {
		const names = wordsFor(flag).join('|');
		if (flag.takes === 'path') return `\t\t${names}) COMPREPLY=($(compgen -f -- "$now")); return ;;`;
		if (flag.takes === 'text') return `\t\t${names}) return ;;`;
		return `\t\t${names}) COMPREPLY=($(compgen -W ${quoted([...flag.takes].join(' '))} -- "$now")); return ;;`;
	});
	const valued = [...taking(commands).values()].flatMap(wordsFor);
	const cases = [
		...commands.map(({ name, flags, operands }) => {
			const words = [...flags.flatMap(wordsFor), ...operands];
			return `\t\t${quoted(name)}) words=${quoted(words.join(' '))} ;;`;
		}),
		...[...groups]
			.filter(([name]) => name !== '')
			.map(([name, next]) => `\t\t${quoted(name)}) words=${quoted(next.join(' '))} ;;`),
	];
	return `# Completion of "downstream" for bash: put
#   source <(downstream completion bash)
# into ~/.bashrc.
_downstream() {
	local now="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" command='' skip='' word words
	COMPREPLY=()
	case "$before" in
${values.join('\n')}
	esac
	for word in "\${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
		if [ -n "$skip" ]; then skip=''; continue; fi
		case "$word" in
		${valued.join('|')}) skip=1 ;;
		-*) ;;
		*)
			case "$command" in
			'') command="$word" ;;
${[...groups.keys()]
	.filter((name) => name !== '')
	.map((name) => `\t\t\t${quoted(name)}) command="$command $word" ;;`)
	.join('\n')}
			esac
			;;
		esac
	done
	words=${quoted([...first, ...(commands[0]?.flags ?? []).filter(({ long }) => isShared(long, commands)).flatMap(wordsFor)].join(' '))}
	case "$command" in
${cases.join('\n')}
	esac
	COMPREPLY=($(compgen -W "$words" -- "$now"))
}
complete -F _downstream downstream
`;
}

const isShared = (long: string, commands: readonly CommandWord[]): boolean =>
	commands.every(({ flags }) => flags.some((flag) => flag.long === long));

function zsh(commands: readonly CommandWord[]): string {
	const groups = beginnings(commands);
	const described = (text: string) => text.replaceAll(/[[\]:'"`\\$]/g, ' ').replaceAll(/\s+/g, ' ');
	const saysOf = (before: string, word: string) => {
		const name = before === '' ? word : `${before} ${word}`;
		return described(commands.find((command) => command.name === name)?.says ?? `${word} …`);
	};
	const list = (before: string) =>
		(groups.get(before) ?? []).map((word) => quoted(`${word}:${saysOf(before, word)}`)).join(' ');
	const value = ({ takes }: FlagWord) =>
		takes === 'nothing'
			? ''
			: takes === 'path'
				? ':path:_files'
				: takes === 'text'
					? ':value:'
					: `:value:(${takes.join(' ')})`;
	const cases = commands.map(({ name, flags, operands }) => {
		const specs = flags.flatMap((flag) =>
			wordsFor(flag).map((word) => quoted(`${word}[${described(flag.says)}]${value(flag)}`)),
		);
		const operand = operands.length > 0 ? ` ${quoted(`*:value:(${operands.join(' ')})`)}` : '';
		return `\t\t${quoted(name)}) _arguments ${specs.join(' ')}${operand} ;;`;
	});
	return `#compdef downstream
# Completion of "downstream" for zsh: put
#   source <(downstream completion zsh)
# into ~/.zshrc, after compinit.
_downstream() {
	local -a next
	local command=\${words[2]}
	if (( CURRENT == 2 )); then
		next=(${list('')})
		_describe command next
		return
	fi
	case $command in
${[...groups.keys()]
	.filter((name) => name !== '')
	.map(
		(name) =>
			`\t${name}) if (( CURRENT == 3 )); then next=(${list(name)}); _describe command next; return; fi; command="$command \${words[3]}" ;;`,
	)
	.join('\n')}
	esac
	case $command in
${cases.join('\n')}
	esac
}
compdef _downstream downstream
`;
}

function fish(commands: readonly CommandWord[]): string {
	const lines = [
		'# Completion of "downstream" for fish: downstream completion fish > ~/.config/fish/completions/downstream.fish',
	];
	lines.push('complete -c downstream -f');
	const groups = beginnings(commands);
	const after = (name: string) =>
		name
			.split(' ')
			.map((word) => `__fish_seen_subcommand_from ${word}`)
			.join('; and ');
	for (const [before, next] of groups) {
		const seen =
			before === ''
				? '__fish_use_subcommand'
				: `${after(before)}; and not __fish_seen_subcommand_from ${next.join(' ')}`;
		for (const word of next) {
			const says = commands.find(({ name }) => name === `${before} ${word}`.trim())?.says ?? '';
			lines.push(`complete -c downstream -n ${quoted(seen)} -a ${word}${says === '' ? '' : ` -d ${quoted(says)}`}`);
		}
	}
	for (const { name, flags, operands } of commands) {
		const seen = quoted(after(name));
		for (const { short, long, says, takes } of flags) {
			const value =
				takes === 'nothing'
					? ''
					: takes === 'path'
						? ' -r -F'
						: takes === 'text'
							? ' -x'
							: ` -x -a ${quoted(takes.join(' '))}`;
			const letter = short === null ? '' : ` -s ${short.slice(1)}`;
			lines.push(`complete -c downstream -n ${seen}${letter} -l ${long.slice(2)}${value} -d ${quoted(says)}`);
		}
		if (operands.length > 0) lines.push(`complete -c downstream -n ${seen} -a ${quoted(operands.join(' '))}`);
	}
	return `${lines.join('\n')}\n`;
}
