import { type APIResponse, expect, type Page } from '@playwright/test';
import { installation } from './installation';

/** `/api/v1` with the session of a signed-in browser, for what a spec needs but is not about. */
export class Api {
  constructor(private readonly page: Page) {}

  async get<T>(path: string): Promise<T> {
    // A connection that the server has just given up as idle is the one case that is tried again.
    const response = await this.page.request.get(`/api/v1${path}`, { maxRetries: 2 });
    expect(response.ok(), `GET ${path}: ${await response.text()}`).toBe(true);
    return response.json();
  }

  async list<T>(path: string): Promise<T[]> {
    return (await this.get<{ items: T[] }>(path)).items;
  }

  async post<T>(path: string, data: object = {}): Promise<T> {
    const response = await this.write('POST', path, data);
    expect(response.ok(), `POST ${path}: ${await response.text()}`).toBe(true);
    return response.json();
  }

  async delete(path: string, data: object = {}): Promise<void> {
    const response = await this.write('DELETE', path, data);
    expect(response.ok(), `DELETE ${path}: ${await response.text()}`).toBe(true);
  }

  /** Asks for what is refused, and returns why: at a field, where the refusal stands at one. */
  async refusal(path: string, data: object = {}, method: 'POST' | 'DELETE' = 'POST'): Promise<Refusal> {
    const response = await this.write(method, path, data);
    expect(response.ok(), `${method} ${path} was not refused`).toBe(false);
    const { error } = (await response.json()) as { error: Refusal & { fields?: Record<string, string> } };
    return { reason: error.reason, message: Object.values(error.fields ?? {})[0] ?? error.message };
  }

  private write(method: 'POST' | 'DELETE', path: string, data: object): Promise<APIResponse> {
    const headers = { origin: installation().webUrl };
    return this.page.request.fetch(`/api/v1${path}`, { method, headers, data });
  }
}

export interface Refusal {
  reason: string;
  message: string;
}
