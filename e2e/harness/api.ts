import { expect, type Page } from '@playwright/test';
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
    const headers = { origin: installation().webUrl };
    const response = await this.page.request.post(`/api/v1${path}`, { headers, data });
    expect(response.ok(), `POST ${path}: ${await response.text()}`).toBe(true);
    return response.json();
  }
}
