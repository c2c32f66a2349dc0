export { answerQuestion, type TakenQuestion, takeQuestions } from './answer-questions';
export { listDataSources } from './list-data-sources';
export { openSecret } from './sealed-secret';
export { findSourceSecret, resealSourceSecrets, tellSealingKey } from './source-secrets';
