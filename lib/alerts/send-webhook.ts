import { createHmac } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { guardedLookup, requirePublicHost } from '@/lib/engine/core/private-addresses';
import { type Contact, type Delivery, type Sender, toPayload } from './message';

const timeoutMs = 5000;

/**
 * Posts one message as JSON, signed as Standard Webhooks describe. Any status from 200 to 299 takes it; a redirection is
 * not followed. `nowSeconds` is what the receiver checks the age of the message by.
 */
export async function sendWebhook(
  delivery: Delivery,
  contact: Contact,
  sender: Sender,
  nowSeconds: number,
): Promise<void> {
  const url = new URL(contact.address);
  const body = JSON.stringify(toPayload(delivery, sender));
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'Crossvault',
    'webhook-id': delivery.id,
    'webhook-timestamp': String(nowSeconds),
    'webhook-signature': sign(contact.signingSecret!, delivery.id, nowSeconds, body),
  };
  const options = { method: 'POST', headers, signal: AbortSignal.timeout(timeoutMs), agent: false as const };
  const status = sender.allowsPrivateEndpoints
    ? await post(url, options, body)
    : await postGuarded(url, options, body);
  if (status < 200 || status > 299) throw new Error(`The webhook answered with the status ${status}.`);
}

/** `v1,` and the base64 of HMAC-SHA256 over id, time and body. */
export function sign(secret: string, id: string, nowSeconds: number, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${nowSeconds}.${body}`).digest('base64')}`;
}

type Options = NonNullable<Parameters<typeof requestHttps>[1]>;

function postGuarded(url: URL, options: Options, body: string): Promise<number> {
  if (url.protocol !== 'https:') throw new Error('The operator allows only https:// for webhooks.');
  requirePublicHost(url.hostname);
  return post(url, { ...options, lookup: guardedLookup }, body);
}

function post(url: URL, options: Options, body: string): Promise<number> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      resolve(response.statusCode ?? 0);
      // What it says beyond the status is of no use, however long it is.
      response.destroy();
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
