import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const wide = { width: 1440, height: 900 };
const narrow = { width: 390, height: 844 };

/**
 * What is open now, wide and narrow, light and dark: no violation that axe calls serious or critical, and nothing that
 * makes the page wider than the screen. Colours are all that the theme changes.
 */
export async function expectAccessible(page: Page): Promise<void> {
  await expectLoaded(page);
  const found = await findViolations(page, 'wide, light');
  await page.emulateMedia({ colorScheme: 'dark' });
  found.push(...(await findViolations(page, 'wide, dark', ['color-contrast'])));
  await page.setViewportSize(narrow);
  found.push(...(await findViolations(page, 'narrow, dark')));
  await page.emulateMedia({ colorScheme: 'light' });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  if (width > narrow.width) found.push(`narrow: the page is ${width} px wide`);
  await page.setViewportSize(wide);
  expect(found).toEqual([]);
}

/** Everything that was asked for has arrived: a page that still loads has little to find fault with. */
async function expectLoaded(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await expect(page.getByRole('status').filter({ hasText: /^Loading/ })).toHaveCount(0);
  await expect(page.locator('main [aria-busy="true"]')).toHaveCount(0);
}

async function findViolations(page: Page, where: string, rules?: string[]): Promise<string[]> {
  // There are no frames, whose scanning opens a page for each run.
  const builder = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
  const { violations } = await (rules ? builder.withRules(rules) : builder).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${where}: ${id}: ${html}\n${failureSummary}`),
    );
}
