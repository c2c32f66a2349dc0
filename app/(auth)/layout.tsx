import type { ReactNode } from 'react';
import { FlowBackdrop } from './_components/flow-backdrop';

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <main className="grid min-h-dvh lg:grid-cols-[minmax(24rem,30rem)_1fr]">
      <div className="flex flex-col justify-center bg-surface px-6 py-12 sm:px-12">
        <div className="mx-auto w-full max-w-sm">{children}</div>
      </div>
      <FlowBackdrop />
    </main>
  );
}
