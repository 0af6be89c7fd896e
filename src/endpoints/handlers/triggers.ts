import type { Handler } from '../respond.js';

export const triggersRemove: Handler<'triggersRemove'> = async ({ runtime }) => ({
	data: { removed: await runtime.triggers.remove() },
});
