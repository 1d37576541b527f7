// The panel's page with two more views: one that shows numbers of its own, one that no model can give. For the tests of tabs.

import { html } from 'lit';
import { headQuestion, questionName } from '../../src/core/question';
import { floatsOf } from '../../src/core/tensorPack';
import '../../webview/elements';
import { Page } from '../../webview/page';
import { type ViewKind, viewKind } from '../../webview/view/context';
import { views } from '../../webview/view/views';

const questionOf: ViewKind['needs'] = ({ subjects: [{ run }], view }) => (run && view ? [headQuestion(run, view.site, 'pattern', null)] : []);

const sum = viewKind<string>({
  id: 'sum',
  label: 'Sum',
  refusal: () => undefined,
  needs: questionOf,
  model: ({ state, answers }) => {
    const [question] = questionOf(state);
    const answer = question && answers.get(questionName(question));
    const values = answer?.state === 'ready' ? floatsOf(answer.pack, 'values') : undefined;
    return values ? values.reduce((total, value) => total + value, 0).toFixed(3) : '…';
  },
  draw: (_, model) => html`<p class="toy-sum">${model}</p>`,
});

const absent = viewKind<null>({
  id: 'absent',
  label: 'Never',
  refusal: () => 'This model has no such numbers.',
  needs: () => [],
  model: () => null,
  draw: () => html``,
});

new Page([...views, sum, absent]);
