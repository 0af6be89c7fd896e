import type { RedisSettings } from '../../kernel/core/redis-settings.js';
import type { Engine, EngineName } from '../engine.js';
import { createBullmqEngine } from './bullmq.js';
import { createEmbeddedEngine } from './embedded.js';
import type { EnginePorts } from './engine-ports.js';

/**
 * The engine that `DOWNSTREAM_ENGINE` names; unnamed, the one for several nodes where Directus has a Redis.
 * @param redis how to reach Directus' Redis; null where there is none
 */
export function chooseEngine(ports: EnginePorts, asked: EngineName | undefined, redis: RedisSettings | null): Engine {
	if (asked === 'embedded') return createEmbeddedEngine(ports, 'DOWNSTREAM_ENGINE says so.');
	if (redis === null)
		return createEmbeddedEngine(
			ports,
			asked === 'bullmq' ? WITHOUT_REDIS : 'Directus has no Redis.',
			asked === 'bullmq',
		);
	return createBullmqEngine(ports, redis, asked === 'bullmq' ? 'DOWNSTREAM_ENGINE says so.' : 'Directus has a Redis.');
}

const WITHOUT_REDIS = 'DOWNSTREAM_ENGINE says bullmq, but Directus has no Redis: set REDIS or REDIS_HOST.';
