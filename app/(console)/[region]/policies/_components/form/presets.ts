import { newRule, type RuleDraft } from './rule-draft';

export interface Preset {
  id: string;
  label: string;
  description: string;
  name: string;
  rules(timeZone: string): RuleDraft[];
}

/** Policies that most begin with; all of it can be changed. */
export const presets: readonly Preset[] = [
  {
    id: 'daily',
    label: 'Daily, kept 30 days',
    description: 'One backup each night. The choice for most servers.',
    name: 'Daily, 30 days',
    rules: (timeZone) => [newRule('1', timeZone)],
  },
  {
    id: 'hourly',
    label: 'Hourly, and a year of history',
    description: 'Every hour kept 2 days, the first of each day 30 days, of each month a year.',
    name: 'Hourly',
    rules: (timeZone) => [
      newRule('1', timeZone, {
        name: 'Hourly',
        rhythm: 'interval',
        every: '1',
        days: '2',
        hasLonger: true,
        dailyDays: '30',
        monthlyDays: '365',
      }),
    ],
  },
  {
    id: 'generations',
    label: 'Generations',
    description:
      'Each night 14 days, the first of each week 60 days, of each month a year, of each year seven.',
    name: 'Generations',
    rules: (timeZone) => [
      newRule('1', timeZone, {
        name: 'Nightly',
        days: '14',
        hasLonger: true,
        weeklyDays: '60',
        monthlyDays: '365',
        yearlyDays: '2555',
      }),
    ],
  },
  {
    id: 'weekly',
    label: 'Weekly, kept 90 days',
    description: 'One backup on Sunday, for data that seldom changes.',
    name: 'Weekly, 90 days',
    rules: (timeZone) => [newRule('1', timeZone, { name: 'Weekly', rhythm: 'weekly', days: '90' })],
  },
];
