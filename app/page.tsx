import { redirect } from 'next/navigation';
import { defaultRegion } from '@/lib/regions/schemas';

export default function RootPage() {
  redirect(`/${defaultRegion}`);
}
