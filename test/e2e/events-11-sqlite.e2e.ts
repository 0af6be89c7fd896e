import { describe } from 'vitest';
import { directusVersions } from '../kit/playground.js';
import { eventTable } from './event-table.js';

describe.runIf(directusVersions().includes('11'))('11', () => eventTable('11', 'sqlite'));
