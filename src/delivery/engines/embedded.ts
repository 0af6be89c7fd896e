import type { Engine } from '../engine.js';
import type { EnginePorts } from './engine-ports.js';
import { createLanes } from './lanes.js';

/**
 * The engine that needs nothing but Directus' own database, whichever number of processes share it: each works on what it
 * was woken for, or finds, and leases make them take turns.
 * @param why it is this one, as a sentence
 * @param isStandIn another one was asked for
 */
export function createEmbeddedEngine(ports: EnginePorts, why: string, isStandIn = false): Engine {
	const { runHere: _, ...lanes } = createLanes(ports);
	return { ...lanes, working: () => ({ name: 'embedded', why, isStandIn }) };
}
