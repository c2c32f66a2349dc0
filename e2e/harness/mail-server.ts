import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { root } from './installation';

const mailFile = join(root, 'test-results/mails.jsonl');

export interface Mail {
  to: string;
  text: string;
}

/** The operator's mail server: takes everything, and keeps it where the specs can read it. */
export async function startMailServer(): Promise<{ url: string; stop(): Promise<void> }> {
  mkdirSync(dirname(mailFile), { recursive: true });
  rmSync(mailFile, { force: true });
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      let text = '';
      stream.on('data', (part: Buffer) => {
        text += part;
      });
      stream.on('end', () => {
        for (const { address } of session.envelope.rcptTo) {
          const mail: Mail = { to: address, text: text.replaceAll('=\r\n', '') };
          appendFileSync(mailFile, `${JSON.stringify(mail)}\n`);
        }
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export function mailsTo(address: string): Mail[] {
  if (!existsSync(mailFile)) return [];
  const lines = readFileSync(mailFile, 'utf8').split('\n').filter(Boolean);
  return lines.map((line): Mail => JSON.parse(line)).filter(({ to }) => to === address);
}
