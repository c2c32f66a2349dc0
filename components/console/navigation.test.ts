import { expect, test } from 'vitest';
import { navigation, readSection, sectionHref, switchRegionHref } from './navigation';

test('the overview lives at the region itself', () => {
  expect(sectionHref('cn-hangzhou', '')).toBe('/cn-hangzhou');
  expect(readSection('/cn-hangzhou')).toBe('');
});

test('a detail page keeps its list marked', () => {
  expect(readSection('/cn-hangzhou/vaults/v-1')).toBe('vaults');
});

test('switching region leaves a detail page for its list', () => {
  expect(switchRegionHref('/cn-hangzhou/vaults/v-1', 'eu-central-1')).toBe('/eu-central-1/vaults');
  expect(switchRegionHref('/cn-hangzhou', 'eu-central-1')).toBe('/eu-central-1');
});

test('no two entries lead to the same page', () => {
  const sections = navigation.flatMap((group) => group.items.map((item) => item.section));
  expect(new Set(sections).size).toBe(sections.length);
});
