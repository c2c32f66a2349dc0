import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { root } from './installation';

/** Writes a picture for the README, when the run is asked for them: CROSSVAULT_E2E_PICTURES=1. */
export async function keepPicture(page: Page, name: string, height: number): Promise<void> {
  if (!process.env.CROSSVAULT_E2E_PICTURES) return;
  const before = page.viewportSize();
  await page.setViewportSize({ width: 1440, height });
  await page.screenshot({ path: join(root, 'docs/images', `${name}.png`), animations: 'disabled' });
  if (before) await page.setViewportSize(before);
}
