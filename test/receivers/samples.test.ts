import { testCalls, testChangedHeaders, testStarts } from '../support/sample-tests.ts';

// `npm run test:receivers` installs PHP and tests the sample in it.
for (const language of ['js', 'python', 'go', 'java'] as const) {
  testCalls(language);
  testChangedHeaders(language);
  testStarts(language);
}
