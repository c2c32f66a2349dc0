import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { Providers } from '@/components/console/providers';
import { readTheme, themeCookie } from '@/components/console/shell/preferences';
import './globals.css';

export const metadata: Metadata = {
  title: { default: 'Crossvault', template: '%s · Crossvault' },
  description: 'Keeps a second copy of one account’s backups in another account.',
  icons: { icon: '/favicon.svg' },
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#131a25' },
    { media: '(prefers-color-scheme: dark)', color: '#0a0d11' },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = readTheme((await cookies()).get(themeCookie)?.value);
  return (
    <html lang="en" data-theme={theme === 'system' ? undefined : theme} suppressHydrationWarning>
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  );
}
