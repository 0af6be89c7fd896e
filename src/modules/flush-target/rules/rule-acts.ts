import type { JSONPath } from 'jsonc-parser';
import { inject, provide, type InjectionKey } from 'vue';
import type { Issue } from '../../endpoint/answers.js';

/** What the parts of a rule's form know of the document that the rule is in, and do to it. */
export interface RuleActs {
	/** What is wrong at a key of the rule or below it; without a key, anywhere in the rule. */
	issues(key?: string): Issue[];
	/** Sets a value at a place within the rule; undefined takes the key away. */
	set(path: JSONPath, value: unknown): void;
	/** Takes the name that the server thinks was meant. */
	take(issue: Issue): void;
	/** Shows the JSON, where everything can be fixed that a form cannot show. */
	json(): void;
	/** Where the rule is, as a JSON pointer. */
	pointer(): string;
}

const KEY: InjectionKey<RuleActs> = Symbol('downstream:rule');

export const provideRule = (acts: RuleActs) => provide(KEY, acts);

/** The actions of the rule whose form this component is in. */
export function useRule(): RuleActs {
	const acts = inject(KEY);
	if (!acts) throw new Error("A part of a rule's form stands outside of it.");
	return acts;
}
