const limit = 400;
const testLimit = 600;
/** Written by a program, or one table that would only get harder to read in pieces. */
const exempt = /\.embedded\.ts$|^docs\/|^db\/migrations\/|\.md$/;

export function checkFileSizes(files) {
  return files.flatMap(({ path, read }) => {
    if (exempt.test(path)) return [];
    const lines = read().split('\n').length - 1;
    const most = /\.(?:test|spec)\.tsx?$/.test(path) ? testLimit : limit;
    return lines > most ? [`${path} has ${lines} lines, of at most ${most}`] : [];
  });
}
