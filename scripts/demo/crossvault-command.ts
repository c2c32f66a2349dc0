import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs the client as its user would on one host; its output is kept out of the way unless it fails. */
export async function crossvault(program: string, configDir: string, args: string[]): Promise<void> {
  try {
    await run(process.execPath, [program, ...args], {
      env: { ...process.env, CROSSVAULT_CLIENT_DIR: configDir },
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    // The arguments hold an enrolment token and stay out of the message.
    throw new Error(`crossvault ${args[0]} failed: ${stderr?.trim() || 'no reason given'}`);
  }
}
