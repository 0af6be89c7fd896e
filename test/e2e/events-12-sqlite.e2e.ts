import { describe } from 'vitest';
import { directusVersions } from '../kit/playground.js';
import { eventTable } from './event-table.js';

describe.runIf(directusVersions().includes('12'))('12', () => eventTable('12', 'sqlite'));
