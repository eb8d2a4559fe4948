// Prints every breach of the import rule and fails when there is one.
import { importProblems } from './import-rule.mjs';
import { repository } from './workspace.mjs';

const problems = importProblems(repository);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log('import rule: ok');
