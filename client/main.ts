import { reportFailure } from './exit-codes';
import { createProgram } from './program';

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportFailure(error, (text) => void process.stderr.write(text));
}
