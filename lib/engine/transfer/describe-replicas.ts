export interface ReplicaFacts {
  sourceName: string;
  createdAt: string;
  sourceBytes: number;
}

const named = 5;
const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Points for people: the first by name, time and size, the rest by their number, and the size of all. */
export function describeReplicas(points: readonly ReplicaFacts[]): string {
  const first = points
    .slice(0, named)
    .map(({ sourceName, createdAt, sourceBytes }) => {
      const time = new Date(createdAt).toISOString().slice(0, 16).replace('T', ' ');
      return `${sourceName} of ${time} (${sizeOf(sourceBytes)})`;
    })
    .join(', ');
  const more = points.length > named ? ` and ${points.length - named} more` : '';
  const total = points.reduce((sum, point) => sum + point.sourceBytes, 0);
  return points.length > 1 ? `${first}${more}; ${sizeOf(total)} of source data in all` : first;
}

function sizeOf(bytes: number): string {
  const unit = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** unit;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
