import type { RedisSettings } from '../../kernel/core/redis-settings.js';
import type { Engine, EngineName } from '../engine.js';
import { createBullmqEngine } from './bullmq.js';
import { createEmbeddedEngine } from './embedded.js';
import type { EngineDoors } from './engine-doors.js';

/**
 * The engine that `DOWNSTREAM_ENGINE` names; unnamed, the one for several nodes where Directus has a Redis.
 * @param redis how to reach Directus' Redis; null where there is none
 */
export function chooseEngine(doors: EngineDoors, asked: EngineName | undefined, redis: RedisSettings | null): Engine {
	if (asked === 'embedded') return createEmbeddedEngine(doors, 'DOWNSTREAM_ENGINE says so.');
	if (redis === null)
		return createEmbeddedEngine(
			doors,
			asked === 'bullmq' ? WITHOUT_REDIS : 'Directus has no Redis.',
			asked === 'bullmq',
		);
	return createBullmqEngine(doors, redis, asked === 'bullmq' ? 'DOWNSTREAM_ENGINE says so.' : 'Directus has a Redis.');
}

const WITHOUT_REDIS = 'DOWNSTREAM_ENGINE says bullmq, but Directus has no Redis: set REDIS or REDIS_HOST.';
