/** Columns as wide as their widest cell; the first row is the head; figures stand at the right. */
export function renderTable(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const render = (row: string[]) =>
    row
      .map((cell, column) => {
        const isFigure = column > 0 && /^[\d.]*$/.test(cell);
        return isFigure ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!);
      })
      .join('  ')
      .trimEnd();
  const [head, ...body] = rows;
  return [render(head!), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(render)].join('\n');
}
