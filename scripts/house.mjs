/**
 * `npm run house`: rooms, arrows, cycles and sizes of `src`, as `scripts/house.ts` reads them.
 * `npm run house -- --read SEED`: fifteen files to be read afresh.
 */
import { parseArgs } from 'node:util';
import './typescript.mjs';

const { filesToRead, houseReport, readHouse } = await import('./house.ts');
const { read } = parseArgs({ options: { read: { type: 'string' } } }).values;
const lines = read === undefined ? houseReport(readHouse()) : filesToRead(Number(read));
process.stdout.write(`${lines.join('\n')}\n`);
