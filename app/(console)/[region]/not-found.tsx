import { SearchX } from 'lucide-react';
import { EmptyState } from '@/components/ui/empty-state';

export default function NotFound() {
  return (
    <section className="panel">
      <EmptyState icon={<SearchX />} title="This does not exist">
        It was deleted, it belongs to another account, or the address is wrong.
      </EmptyState>
    </section>
  );
}
