import { cookies } from 'next/headers';
import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { navigationCookie, readTheme, themeCookie } from '@/components/console/shell/preferences';
import { getMe } from '@/lib/accounts';
import { requirePageContext } from '@/lib/api/context';
import { defaultRegionId, findRegion, knownRegions } from '@/lib/regions';
import { ConsoleFrame } from '../_components/console-frame';
import { ReplacePassword } from '../_components/replace-password';

interface RegionLayoutProps {
  params: Promise<{ region: string }>;
  children: ReactNode;
}

export default async function RegionLayout({ params, children }: RegionLayoutProps) {
  const { region } = await params;
  if (!findRegion(region)) notFound();
  const me = await getMe(await requirePageContext(), {});
  if (me.user.isPasswordTemporary) return <ReplacePassword me={me} />;
  const preferences = await cookies();
  return (
    <ConsoleFrame
      me={me}
      region={region}
      known={{ regions: knownRegions(), defaultRegion: defaultRegionId() }}
      theme={readTheme(preferences.get(themeCookie)?.value)}
      isNavigationCollapsed={preferences.get(navigationCookie)?.value === 'collapsed'}
    >
      {children}
    </ConsoleFrame>
  );
}
