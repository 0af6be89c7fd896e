import { defineComponent, h, type Component } from 'vue';
import { lazyPage } from './lazy-page.js';

/**
 * A dialog (`v-model` says whether it is open) that is loaded when it is first opened; it stays from then on, so that it
 * closes as it opened and gives the focus back.
 */
export function lazyDialog<Dialog extends Component>(load: () => Promise<{ default: Dialog }>): Dialog {
	const Loaded = lazyPage(load);
	return defineComponent({
		inheritAttrs: false,
		setup(_, { attrs, slots }) {
			let isWanted = false;
			return () => {
				isWanted ||= (attrs['modelValue'] ?? attrs['model-value']) === true;
				return isWanted ? h(Loaded, attrs, slots) : null;
			};
		},
	}) as unknown as Dialog;
}
