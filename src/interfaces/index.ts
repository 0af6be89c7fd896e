import { defineAsyncComponent } from 'vue';

/**
 * The panel on an item's page. Directus has no other place there for an extension than a field of the form, so it is a
 * presentation interface: an admin adds it to the collections where it helps, and it stores nothing.
 */
export default {
	id: 'downstream-item',
	name: 'Downstream',
	icon: 'lan',
	description: 'Where this item was delivered, and a button to flush it now.',
	component: defineAsyncComponent(async () => (await import('./item-panel.vue')).default),
	options: null,
	hideLabel: true,
	hideLoader: true,
	types: ['alias'],
	localTypes: ['presentation'],
	group: 'presentation',
};
