import { keepYoungHeapSmall } from '@/lib/engine/core/work/young-heap';
import { reportFailure } from './exit-codes';
import { createProgram } from './program';

keepYoungHeapSmall();
try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportFailure(error, (text) => void process.stderr.write(text));
}
