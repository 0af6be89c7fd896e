import { describe } from 'vitest';
import { databasesAvailable } from '../kit/databases-available.js';
import { eventTable } from './event-table.js';

const { postgres: unavailable } = await databasesAvailable();

describe.runIf(unavailable === null)('12', () => eventTable('12', 'postgres'));
