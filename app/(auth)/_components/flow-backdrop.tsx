/** What the product does, drawn once: two vaults that face each other, and the points that cross. */
export function FlowBackdrop() {
  const rows = [76, 100, 124, 196, 220, 244];
  const arrived = rows.slice(0, 4);
  return (
    <aside className="on-bar hidden flex-col justify-between bg-bar p-12 text-bar-ink lg:flex">
      <svg viewBox="0 0 640 320" fill="none" aria-hidden className="my-auto w-full max-w-3xl self-center">
        <defs>
          <linearGradient id="flow" x1="150" x2="490" y1="0" y2="0" gradientUnits="userSpaceOnUse">
            <stop stopColor="var(--color-bar-source)" />
            <stop offset="1" stopColor="var(--color-bar-target)" />
          </linearGradient>
        </defs>
        <path d="M210 40H60v240h150" stroke="var(--color-bar-source)" strokeWidth="6" />
        <path d="M430 40h150v240H430" stroke="var(--color-bar-target)" strokeWidth="6" />
        <path d="M130 160h356" stroke="url(#flow)" strokeWidth="6" />
        <path d="m466 136 24 24-24 24" stroke="var(--color-bar-target)" strokeWidth="6" />
        <g fill="var(--color-bar-line)">
          {rows.map((y, at) => (
            <rect key={y} x="96" y={y - 2} width={96 - (at % 3) * 18} height="5" rx="2.5" />
          ))}
          {arrived.map((y, at) => (
            <rect key={y} x={448 + (at % 3) * 18} y={y - 2} width={96 - (at % 3) * 18} height="5" rx="2.5" />
          ))}
        </g>
      </svg>
      <p className="max-w-md text-bar-muted text-lg">
        A second copy of your backups, in an account that the first one cannot reach.
      </p>
    </aside>
  );
}
