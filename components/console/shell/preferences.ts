import type { Theme } from './types';

export const themeCookie = 'crossvault.theme';
export const navigationCookie = 'crossvault.navigation';

/** What a cookie may say; anything else follows the system. */
export function readTheme(value: string | undefined): Theme {
  return value === 'light' || value === 'dark' ? value : 'system';
}

/** Kept for a year and sent with each request, so that the server draws the first frame right. */
export function savePreference(name: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing where the page is plain http
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
}
