import type { World, WorldState } from './world.js';

/** How a page is met: in a world as it is, or with an endpoint that does not do as it should. */
export type PageState = 'empty' | 'normal' | 'failing' | 'loading' | 'error' | 'unreachable' | 'forbidden' | 'visitor';

/** The world that a state is looked at in. */
export const WORLD_OF: Record<PageState, WorldState> = {
	empty: 'empty',
	normal: 'healthy',
	failing: 'troubled',
	loading: 'troubled',
	error: 'troubled',
	unreachable: 'troubled',
	forbidden: 'troubled',
	visitor: 'troubled',
};

/** A page of the studio. */
export interface StudioPage {
	name: string;
	/** Its address below `/admin`; of pages about one thing, in this world. */
	path: string | ((world: World) => string | Promise<string>);
	states: readonly PageState[];
}

const ALL = ['empty', 'normal', 'failing', 'loading', 'error', 'unreachable', 'forbidden', 'visitor'] as const;
const OF_ONE = ['normal', 'failing', 'loading', 'error', 'forbidden'] as const;
const target =
	(name: keyof World['targets'], rest: string = '') =>
	(world: World) =>
		`/downstream/flush/${world.targets[name]}${rest}`;
const delivery = (status: string) => async (world: World) => `/downstream/deliveries/${await world.deliveryOf(status)}`;

/** Every page, one a line: screenshots and checks are made of all of them. */
export const PAGES: readonly StudioPage[] = [
	{ name: 'overview', path: '/downstream', states: ALL },
	{ name: 'flush-targets', path: '/downstream/flush', states: ALL },
	{ name: 'flush-target', path: target('shop'), states: OF_ONE },
	{ name: 'flush-target-settings', path: target('shop', '?tab=settings'), states: ['failing'] },
	{ name: 'flush-target-rules', path: target('shop', '?tab=rules'), states: ['failing'] },
	{ name: 'flush-target-preview', path: target('shop', '?tab=preview'), states: ['failing'] },
	{ name: 'flush-target-deliveries', path: target('shop', '?tab=deliveries'), states: ['failing'] },
	{ name: 'flush-target-new', path: '/downstream/flush/+', states: ['empty', 'failing'] },
	{ name: 'flush-target-open', path: target('docs'), states: ['failing'] },
	{ name: 'flush-target-paused', path: target('newsletter'), states: ['failing'] },
	{ name: 'flush-target-invalid', path: target('search'), states: ['failing'] },
	{ name: 'flush-target-invalid-rules', path: target('search', '?tab=rules'), states: ['failing'] },
	{ name: 'flush-target-draft', path: target('preview'), states: ['failing'] },
	{ name: 'flush-target-none', path: '/downstream/flush/00000000-0000-4000-8000-000000000000', states: ['failing'] },
	{ name: 'deliveries', path: '/downstream/deliveries', states: ALL },
	{ name: 'deliveries-failed', path: '/downstream/deliveries?status=failed', states: ['failing'] },
	{ name: 'deliveries-causes', path: '/downstream/deliveries?view=causes', states: ['failing'] },
	{ name: 'deliveries-nothing', path: '/downstream/deliveries?q=nothing-like-this', states: ['failing'] },
	{ name: 'delivery', path: delivery('delivered'), states: OF_ONE },
	{ name: 'delivery-failed', path: delivery('failed'), states: ['failing'] },
	{ name: 'delivery-retrying', path: delivery('retrying'), states: ['failing'] },
	{ name: 'delivery-pending', path: delivery('pending'), states: ['failing'] },
	{ name: 'incidents', path: '/downstream/incidents', states: ALL },
	{ name: 'nowhere', path: '/downstream/no/such/page', states: ['failing'] },
];

/** The address of a page in this world. */
export async function pathOf({ path }: StudioPage, world: World): Promise<string> {
	return typeof path === 'string' ? path : path(world);
}
