import { secretsOf } from '../kernel/core/mask.js';
import type { Adapter } from './adapters/adapter.js';
import type { FlushTarget } from './flush-target.js';

/** Everything that is secret about a target, the parts of its API key included. */
export const hiddenOf = (
	target: Pick<FlushTarget, 'url' | 'options'>,
	secrets: { apiKey: string | null; signing: string[] },
	{ secretsIn }: Pick<Adapter, 'secretsIn'>,
): string[] => [...secretsOf(target, secrets), ...(secrets.apiKey ? (secretsIn?.(secrets.apiKey) ?? []) : [])];
