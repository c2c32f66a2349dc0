/** A calendar month by the reader's clock; `month` counts from 0. */
export interface Month {
  year: number;
  month: number;
}

/** `2026-03-09` by the reader's clock. */
export function dayKey(at: Date): string {
  return [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
}

export function monthOf(at: Date): Month {
  return { year: at.getFullYear(), month: at.getMonth() };
}

export function addMonths({ year, month }: Month, count: number): Month {
  return monthOf(new Date(year, month + count, 1));
}

/** The weeks of a month from Monday to Sunday, as day keys; null where a day belongs to another month. */
export function weeksOf({ year, month }: Month): (string | null)[][] {
  const length = new Date(year, month + 1, 0).getDate();
  const lead = (new Date(year, month, 1).getDay() + 6) % 7;
  const cells = Array.from({ length: Math.ceil((lead + length) / 7) * 7 }, (_, at) => {
    const day = at - lead + 1;
    return day >= 1 && day <= length ? `${year}-${two(month + 1)}-${two(day)}` : null;
  });
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}

const two = (value: number) => String(value).padStart(2, '0');
