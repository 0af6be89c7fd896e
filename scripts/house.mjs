/** `npm run house`: rooms, arrows, cycles and sizes of `src`, as `scripts/house.ts` reads them. */
import './typescript.mjs';

const { houseReport, readHouse } = await import('./house.ts');
process.stdout.write(`${houseReport(readHouse()).join('\n')}\n`);
