import { createTransport } from 'nodemailer';
import { type Contact, type Delivery, type Sender, toText } from './message';

const marks = { error: 'Error: ', warning: 'Warning: ', info: '', success: '' };

/** Hands one message to the operator's mail server. Throws with the server's refusal. */
export async function sendMail(delivery: Delivery, contact: Contact, sender: Sender): Promise<void> {
  if (!sender.smtpUrl) throw new Error('The operator has not named a mail server.');
  const transport = createTransport({
    url: sender.smtpUrl,
    connectionTimeout: 5000,
    greetingTimeout: 5000,
    socketTimeout: 10_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({
      from: sender.mailFrom ?? 'crossvault@localhost',
      to: { name: contact.name, address: contact.address },
      subject: `${marks[delivery.severity]}${delivery.title}`,
      text: toText(delivery, sender),
      messageId: `<${delivery.id}@${new URL(sender.publicUrl).hostname}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  } finally {
    transport.close();
  }
}
