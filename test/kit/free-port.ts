import { createServer } from 'node:net';

/**
 * Below what Linux gives to outgoing connections (32768–60999) and most other systems do, so that none takes the port
 * while whoever asked for it is still starting.
 */
const FROM = 20_000;
const TO = 32_700;

/** A port of this machine that nobody listens at, chosen by chance, so that others who ask meanwhile get another one. */
export async function freePort(): Promise<number> {
	for (;;) {
		const port = FROM + Math.floor(Math.random() * (TO - FROM));
		if (await isFree(port)) return port;
	}
}

function isFree(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(false));
		server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)));
	});
}
