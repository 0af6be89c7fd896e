import { defineAsyncComponent, ref, type Component, type Ref } from 'vue';

const RELOADED = 'downstream:reloaded';

/**
 * A page that is loaded when it is first opened. After an update of the extension its old file is gone: a tab that was
 * open meanwhile is then loaded anew, once, on the page that was asked for.
 */
export function lazyPage(load: () => Promise<{ default: Component }>): Component {
	return defineAsyncComponent(async () => {
		try {
			// Where chunks share code, the loaded module is a plain object, which Vue would take for the page itself.
			const { default: page } = await load();
			sessionStorage.removeItem(RELOADED);
			return page;
		} catch (error) {
			if (sessionStorage.getItem(RELOADED)) throw error;
			sessionStorage.setItem(RELOADED, 'yes');
			window.location.reload();
			return new Promise<never>(() => {});
		}
	});
}

/**
 * A part of a page that is of no use before the endpoint has answered, and whether it has arrived: it is loaded while the
 * endpoint is asked. One that can't be loaded counts as arrived; the page learns of it when it shows it.
 */
export function lazyPart<Part extends Component>(load: () => Promise<{ default: Part }>): [Part, Ref<boolean>] {
	const hasArrived = ref(false);
	const arrive = () => (hasArrived.value = true);
	load().then(arrive, arrive);
	return [lazyPage(load) as Part, hasArrived];
}
