// The formula of attention as MathML, with the part of the current step lit, and the steps of this model below it.

import { html, type MathMLTemplateResult, mathml, type TemplateResult } from 'lit';
import { type StepWords, stepsAfter } from '../../../src/present/steps/stepsWords';

const dot = mathml`<mi>Q</mi><msup><mi>K</mi><mi>T</mi></msup>`;
const root = mathml`<msqrt><msub><mi>d</mi><mi>k</mi></msub></msqrt>`;

/** Vaswani et al. 2017, equation 1. Where the scores come from a small network, Bahdanau et al. 2015, appendix A.1.2. */
function formula(part: StepWords['part'], isAdditive: boolean): MathMLTemplateResult {
  const lit = (own: StepWords['part']) => (own === part ? 'lit' : '');
  const softmax = mathml`<mrow class=${lit('softmax')}><mi>softmax</mi></mrow>`;
  if (isAdditive)
    return mathml`<mrow><mi>c</mi><mo>=</mo><munder><mo>∑</mo><mi>t′</mi></munder>${softmax}<mo>(</mo><msup><mi>v</mi><mi>T</mi></msup><mi>tanh</mi><mo>(</mo><mi>W</mi><mi>s</mi><mo>+</mo><mi>U</mi><mi>h</mi><mo>)</mo><mo>)</mo><mrow class=${lit('values')}><mi>h</mi></mrow></mrow>`;
  return mathml`<mrow><mi>Attention</mi><mo>(</mo><mi>Q</mi><mo>,</mo><mi>K</mi><mo>,</mo><mi>V</mi><mo>)</mo><mo>=</mo>${softmax}<mo>(</mo><mfrac><mrow class=${lit('product')}>${dot}</mrow><mrow class=${lit('scale')}>${root}</mrow></mfrac><mo>)</mo><mrow class=${lit('values')}><mi>V</mi></mrow></mrow>`;
}

interface FormulaOptions {
  readonly steps: readonly StepWords[];
  readonly at: number;
  readonly isAdditive: boolean;
  readonly onStep: (step: number) => void;
}

export function formulaAndSteps({ steps, at, isAdditive, onStep }: FormulaOptions): TemplateResult {
  const current = steps[at];
  return html`<div class="steps-head">
    <div class="formula"><math display="block">${formula(current?.part ?? 'none', isAdditive)}</math></div>
    <div class="chain">
      <p class="chain-steps">${steps.map(
        ({ label }, i) =>
          html`${i > 0 ? html`<span aria-hidden="true"> → </span>` : ''}<button type="button" class="chain-step" aria-pressed=${i === at ? 'true' : 'false'} @click=${() => onStep(i)}>${label}</button>`,
      )} <span class="chain-after">${stepsAfter}</span></p>
      <p class="chain-about" role="status">${current?.about}</p>
    </div>
  </div>`;
}
