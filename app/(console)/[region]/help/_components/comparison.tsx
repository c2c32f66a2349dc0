interface ComparisonProps {
  caption: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

/** A small table to read, not to sort. */
export function Comparison({ caption, head, rows }: ComparisonProps) {
  return (
    <div className="panel">
      <table className="w-full text-left max-sm:text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-line border-b text-muted text-sm">
            {head.map((text) => (
              <th key={text} scope="col" className="wrap-anywhere px-3 py-2 font-medium">
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map(([first, ...rest]) => (
            <tr key={first} className="align-top">
              <th scope="row" className="wrap-anywhere px-3 py-2 font-medium">
                {first}
              </th>
              {rest.map((text, at) => (
                <td key={`${first} ${head[at + 1]}`} className="wrap-anywhere px-3 py-2">
                  {text}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
