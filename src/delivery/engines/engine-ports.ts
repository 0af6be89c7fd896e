import type { Knex } from 'knex';
import type { Node } from '../../kernel/database/node-table.js';
import type { Clock, Logger } from '../../kernel/ports.js';
import type { BackgroundBudget } from '../core/background-budget.js';

export interface EnginePorts {
	database: Knex;
	clock: Clock;
	logger: Logger;
	budget: BackgroundBudget;
	/** As what this process is known to the others; itself, unless a test runs several nodes in one process. */
	self?: Node;
}
