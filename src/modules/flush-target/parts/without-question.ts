import type { Issue } from '../../endpoint/answers.js';

/** What an issue says; where it has a suggestion, without the question that its button asks. */
export const withoutQuestion = ({ message, suggestion }: Pick<Issue, 'message' | 'suggestion'>) =>
	suggestion ? message.replace(/; did you mean "[^"]*"\?$/, '') : message;
