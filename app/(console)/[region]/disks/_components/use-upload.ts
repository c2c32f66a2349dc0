import { useState } from 'react';

const pieceBytes = 8 * 1024 * 1024;

export interface Upload {
  doneBytes: number;
  totalBytes: number;
  rateBytesPerSecond: number | null;
  error: string | null;
}

/** Sends a file to a disk piece by piece; progress is what has arrived. A piece that fails is sent again a few times. */
export function useUpload() {
  const [upload, setUpload] = useState<Upload | null>(null);
  const send = async (diskId: string, file: File): Promise<boolean> => {
    const startedAt = performance.now();
    setUpload({ doneBytes: 0, totalBytes: file.size, rateBytesPerSecond: null, error: null });
    for (let offset = 0; offset < file.size; ) {
      const answer = await sendPiece(diskId, offset, file.slice(offset, offset + pieceBytes));
      if ('error' in answer) {
        setUpload((now) => now && { ...now, error: answer.error });
        return false;
      }
      offset = answer.bytesDone;
      const seconds = (performance.now() - startedAt) / 1000;
      setUpload({
        doneBytes: offset,
        totalBytes: file.size,
        rateBytesPerSecond: seconds > 0.5 ? Math.round(offset / seconds) : null,
        error: null,
      });
    }
    return true;
  };
  return { upload, send };
}

async function sendPiece(
  diskId: string,
  offset: number,
  piece: Blob,
): Promise<{ bytesDone: number } | { error: string }> {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(`/api/disks/${diskId}/content?offset=${offset}`, {
        method: 'POST',
        body: piece,
      });
      if (response.ok) return (await response.json()) as { bytesDone: number };
      const { error } = (await response.json()) as { error: { message: string } };
      if (response.status < 500 || attempt === 5) return { error: error.message };
    } catch {
      if (attempt === 5)
        return {
          error: 'The connection was lost. What arrived is kept; create the disk again to start over.',
        };
    }
    await new Promise((resolve) => setTimeout(resolve, attempt * 1000));
  }
}
