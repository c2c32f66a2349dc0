import { Select } from '@/components/ui/select';
import { folderPath } from '@/lib/directory/rules';
import type { Directory } from '@/lib/directory/schemas';

interface FolderSelectProps {
  directory: Directory;
  value: string;
  onValueChange: (folderId: string) => void;
}

/** All folders by their path from the root. */
export function FolderSelect({ directory, value, onValueChange }: FolderSelectProps) {
  return (
    <Select
      value={value}
      onValueChange={onValueChange}
      options={directory.folders
        .map(({ id }) => ({ value: id, label: folderPath(directory.folders, id).join(' / ') }))
        .sort((a, b) => a.label.localeCompare(b.label))}
    />
  );
}
