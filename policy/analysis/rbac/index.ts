export { can, canAll, waysTo, type Answer } from "./can.ts";
export { authorizer, type Authorizer, type Grant } from "./authorizer.ts";
export { identityOf, type Identity } from "./identity.ts";
export { readQuestions, type Question } from "./question.ts";
export { InvalidQuestion, parseResource } from "./resource-name.ts";
export { catalogue, powerJudge, powers, type PowerRow } from "./powers/index.ts";
export { unnamed } from "./unnamed.ts";
