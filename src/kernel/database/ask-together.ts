interface Asked<Question, Answer> {
	question: Question;
	resolve: (answer: Answer) => void;
	reject: (error: unknown) => void;
}

/**
 * Makes one query of many: what is asked in one turn of the event loop, or while others are being answered, is answered
 * together, by a query that begins after all of it was asked. Ten targets that are told of the same change ask the same
 * things at the same moment, and on SQLite each statement is time that the editors wait.
 *
 * If a query fails, each of its questions is asked again by itself, so that none fails for another's sake.
 * @param answerAll the answers in the order of the questions
 */
export function askTogether<Question, Answer>(
	answerAll: (questions: Question[]) => Promise<Answer[]>,
): (question: Question) => Promise<Answer> {
	const waiting: Asked<Question, Answer>[] = [];
	let running = false;

	async function answer(asked: Asked<Question, Answer>[]): Promise<void> {
		try {
			const answers = await answerAll(asked.map(({ question }) => question));
			asked.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
		} catch (error) {
			const [only, ...others] = asked;
			if (others.length === 0) only?.reject(error);
			else await Promise.all(asked.map((one) => answer([one])));
		}
	}

	async function run(): Promise<void> {
		running = true;
		await new Promise((resolve) => setImmediate(resolve));
		while (waiting.length > 0) await answer(waiting.splice(0));
		running = false;
	}

	return (question) =>
		new Promise<Answer>((resolve, reject) => {
			waiting.push({ question, resolve, reject });
			if (!running) void run();
		});
}
