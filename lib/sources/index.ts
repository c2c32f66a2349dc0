export { answerQuestion, type TakenQuestion, takeQuestions } from './answer-questions';
export { askAbout, askDestination, browseSource, checkSource } from './ask';
export { getQuestion } from './get-question';
export { getDataSource, listDataSources } from './list-data-sources';
export { registerSource } from './register-source';
export { removeSource } from './remove-source';
export { openSecret } from './sealed-secret';
export { findSourceSecret, resealSourceSecrets, tellSealingKey } from './source-secrets';
export { updateSource } from './update-source';
