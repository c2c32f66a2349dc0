export const leastPasswordLength = 12;

/** Why a password is not taken, as a sentence for its field, or null. Long beats complicated. */
export function findPasswordRefusal(password: string, about: { email: string; name: string }): string | null {
  if (password.length < leastPasswordLength) return `Use at least ${leastPasswordLength} characters.`;
  if (new Set(password).size < 5) return 'Use more different characters.';
  const lower = password.toLowerCase();
  const own = [about.email.split('@')[0] ?? '', ...about.name.toLowerCase().split(/\s+/)];
  const used = own.find((word) => word.length >= 4 && lower.includes(word.toLowerCase()));
  return used ? 'Leave your name and your e-mail out of it.' : null;
}
