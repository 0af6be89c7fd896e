import type { HookConfig } from '@directus/extensions';

/** The functions by which a Directus hook registers for events. */
export type Events = Parameters<HookConfig>[0];
