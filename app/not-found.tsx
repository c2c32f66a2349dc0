import { Wordmark } from '@/components/console/shell/mark';
import { ButtonLink } from '@/components/ui/button';

export default function NotFound() {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-4 px-6 text-center">
      <Wordmark />
      <h1 className="font-semibold text-xl">This page does not exist</h1>
      <p className="max-w-md text-muted">
        The address is wrong, or what was here belongs to another account.
      </p>
      <ButtonLink href="/" variant="primary">
        Open overview
      </ButtonLink>
    </main>
  );
}
