// The kinds of answers, by the kind of question.

import type { QuestionKind } from '../../core/question';
import { activation } from './activation';
import type { AnswerKind } from './answer';
import { firstSight } from './firstSight';
import { headOutputsAt } from './headOutputsAt';
import { steps } from './steps';
import { thumbnails } from './thumbnails';

export const answerKinds: { readonly [K in QuestionKind]: AnswerKind<K> } = { activation, steps, headOutputs: headOutputsAt, thumbnails, firstSight };
