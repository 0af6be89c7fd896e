import { computed, ref, shallowRef, type ComputedRef } from 'vue';
import type { TargetKind } from '../../../contract/vocabulary.js';
import type { ContentModel } from '../document/content-model.js';
import type { CodeEditor } from './code-mirror.js';
import { completeAt, type Completion } from './complete.js';

/** What may be written at the cursor of an editor: opens while one types and on Ctrl-Space, is steered by the keyboard. */
export function useCompletion(model: ComputedRef<ContentModel>, kind: TargetKind = 'flush') {
	const completion = shallowRef<Completion | null>(null);
	const at = ref(0);
	/** In pixels from the window's upper left corner. */
	const place = shallowRef({ left: 0, top: 0 });
	let editor: CodeEditor | null = null;
	const choices = computed(() => completion.value?.choices ?? []);
	const keys = {
		Up: () => step(-1),
		Down: () => step(1),
		Enter: () => take(at.value),
		Tab: () => take(at.value),
		Esc: () => close(),
	};

	function attach(to: CodeEditor): void {
		editor = to;
		to.on('inputRead', (_: never, { text }: { text: string[] }) => {
			if (/^[\w".{:$]$/.test(text.join('\n').slice(-1))) open();
			else close();
		});
		to.on('cursorActivity', () => completion.value && open(true));
		to.on('blur', () => setTimeout(close, 150));
		to.on('scroll', close);
	}
	/** `again`: only as long as something fits. */
	function open(again = false): void {
		if (!editor) return;
		const cursor = editor.getCursor();
		const offered = completeAt(editor.getValue(), editor.indexFromPos(cursor), model.value, kind);
		const word = offered ? editor.getValue().slice(offered.from, offered.to).replaceAll('"', '') : '';
		// What stands there already need not be offered.
		if (!offered || (again && offered.choices.length === 1 && offered.choices[0]?.label === word)) return close();
		if (!completion.value) editor.addKeyMap(keys);
		completion.value = offered;
		at.value = Math.min(at.value, offered.choices.length - 1);
		const { left, bottom } = editor.cursorCoords(editor.posFromIndex(offered.from), 'window');
		place.value = { left, top: bottom };
	}
	function close(): void {
		if (completion.value) editor?.removeKeyMap(keys);
		completion.value = null;
		at.value = 0;
	}
	function step(by: number): void {
		at.value = (at.value + by + choices.value.length) % choices.value.length;
	}
	function take(index: number): void {
		const offered = completion.value;
		const choice = offered?.choices[index];
		if (!editor || !offered || !choice) return;
		close();
		editor.replaceRange(choice.insert, editor.posFromIndex(offered.from), editor.posFromIndex(offered.to));
		const end = offered.from + choice.insert.length;
		// On into what was begun: `"payload": [|]`.
		editor.setCursor(editor.posFromIndex(/(""|\[\]|\{\})$/.test(choice.insert) ? end - 1 : end));
		editor.focus();
	}
	return { choices, at, place, attach, open, close, take, isOpen: computed(() => completion.value !== null) };
}
