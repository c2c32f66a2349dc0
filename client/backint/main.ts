import { clientVersion } from '../version';
import { interfaceVersion } from './answers';
import { type BackintOptions, readOptions } from './options';
import { notRunExitCode, runBackint } from './run-backint';

const complain = (text: string) => void process.stderr.write(`hdbbackint: ${text}\n`);

function understand(): BackintOptions | null {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    complain((error as Error).message);
    process.exit(notRunExitCode);
  }
}

const options = understand();
if (options) process.exitCode = await runBackint(options, complain);
else process.stdout.write(`"backint ${interfaceVersion}" "crossvault ${clientVersion}"\n`);
