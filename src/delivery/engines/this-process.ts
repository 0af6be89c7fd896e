import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Node } from '../../kernel/database/node-table.js';

/** This process, as its row among the nodes names it. */
export const thisProcess = (id: string): Node => ({ id, host: processNamespace(), pid: process.pid });

/**
 * Names what process numbers count for: this machine and, on Linux, its process namespace, since two containers may
 * share a host name and both run as number 1.
 */
function processNamespace(): string {
	try {
		return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
	} catch {
		return hostname();
	}
}

/** Only processes of this machine can be told from here. One with this process' own number is its predecessor. */
export function isDead(other: Node, self: Node): boolean {
	if (other.host !== self.host || other.id === self.id) return false;
	if (other.pid === self.pid) return true;
	try {
		process.kill(other.pid, 0);
		return false;
	} catch (error) {
		return (error as { code?: string }).code === 'ESRCH';
	}
}
