/** What a tree has chosen: only the listed paths, or everything but them. Paths are encoded and joined with `/`; the root is empty. */
export interface TreeSelection {
  mode: 'include' | 'exclude';
  paths: string[];
}

/** How much of a path is chosen. */
export type Mark = 'all' | 'some' | 'none';

function isInside(path: string, folder: string): boolean {
  return folder === '' ? path !== '' : path.startsWith(`${folder}/`);
}

export function getMark({ mode, paths }: TreeSelection, path: string): Mark {
  const isListed = paths.some((listed) => listed === path || isInside(path, listed));
  if (isListed) return mode === 'include' ? 'all' : 'none';
  if (paths.some((listed) => isInside(listed, path))) return 'some';
  return mode === 'include' ? 'none' : 'all';
}

/** The listed folder above a path that decides for it, so that it cannot be changed by itself. */
export function findDecidingFolder({ paths }: TreeSelection, path: string): string | null {
  return paths.find((listed) => isInside(path, listed)) ?? null;
}

/** Lists a path, or takes it off the list. Listing a folder takes up whatever was listed inside it. */
export function toggle(selection: TreeSelection, path: string): TreeSelection {
  if (findDecidingFolder(selection, path) !== null) return selection;
  const others = selection.paths.filter((listed) => listed !== path && !isInside(listed, path));
  const isListed = selection.paths.includes(path);
  return { ...selection, paths: isListed ? others : [...others, path] };
}
