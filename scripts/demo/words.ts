import type { SeededRandom } from './random';

const nouns =
  'account agreement archive audit balance batch branch budget carrier claim contract customer delivery depot device estimate factory forecast invoice ledger licence margin market meeting method order parcel partner payment plan portfolio price process product project quarter quota receipt region report request revenue route sample schedule season service shipment site stock store supplier survey team terminal ticket tour transfer unit vendor visit warehouse week'.split(
    ' ',
  );
const verbs =
  'approves books closes compares confirms covers delays delivers exceeds follows includes matches moves needs opens orders pays plans prepares receives reduces releases renews replaces reports returns reviews sends settles ships signs starts stores supports tracks updates verifies'.split(
    ' ',
  );
const adjectives =
  'annual central current domestic early final foreign higher internal late local lower monthly new next northern open regional reserved seasonal second shared southern spare standing steady total urgent weekly'.split(
    ' ',
  );

export function sentence(random: SeededRandom): string {
  const parts = [
    'The',
    random.pick(adjectives),
    random.pick(nouns),
    random.pick(verbs),
    'the',
    random.pick(adjectives),
    random.pick(nouns),
    random.next() < 0.5
      ? `of the ${random.pick(nouns)}`
      : `before the ${random.pick(adjectives)} ${random.pick(nouns)}`,
  ];
  return `${parts.join(' ')}.`;
}

export function paragraph(random: SeededRandom): string {
  return Array.from({ length: 4 + random.int(7) }, () => sentence(random)).join(' ');
}

export function title(random: SeededRandom): string {
  return `${random.pick(adjectives)}-${random.pick(nouns)}-${random.pick(nouns)}`;
}
