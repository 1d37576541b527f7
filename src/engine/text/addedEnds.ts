// The tokens that a model's configuration wants at the beginning and the end of a text (add_bos_token, add_eos_token) and that its
// tokenizer.json may lack. As transformers 4.57 has it: the classes below write their template anew from these flags; all others leave
// tokenizer.json as it is. (5.24 leaves all as they are: it expects of tokenizer.json that it was saved with a template.)

import { refuse } from '../../core/problem';
import type { EndChoice, RunNote, Token } from '../../core/token';
import type { ModelSource } from '../../protocol/modelSource';
import type { Tokenizer } from '../../tokenizer/createTokenizer';
import { type End, type Ends, missingEnds, withEnds } from '../../tokenizer/withEnds';
import { specialId } from './modelLimits';

type Side = 'bos' | 'eos';
const sides: readonly Side[] = ['bos', 'eos'];

/** Tokenizers that obey the flags, and the types of models that come with them where no class is named. */
const obeyingClasses = /^(Llama|CodeLlama|Gemma|Cohere|GPTNeoX)Tokenizer(Fast)?$/;
const obeyingTypes = /^(llama|code_llama|mistral|mixtral|gemma|gemma[23](_text)?|cohere2?|gpt_neox|olmo2?|olmoe|phi3|stablelm)$/;
/** Those of them that begin each text with a token unless they are told not to. */
const beginsByItself = /^(Llama|CodeLlama|Gemma|Cohere)Tokenizer(Fast)?$/;

interface Wish {
  /** `tokenizer_config.json asks`. */
  readonly who: string;
  readonly isObeyed: boolean;
  /** False where nothing is written, and only the class does so by itself. */
  readonly isWritten: boolean;
}

function wishOf({ tokenizerConfig, config }: ModelSource, side: Side, tokenizer: Tokenizer): Wish | undefined {
  const key = `add_${side}_token`;
  const own = tokenizerConfig.tokenizer_class ?? config.tokenizer_class;
  const isObeyed = typeof own === 'string' ? obeyingClasses.test(own) : obeyingTypes.test(String(config.model_type ?? ''));
  for (const [file, json] of [
    ['tokenizer_config.json', tokenizerConfig],
    ['config.json', config],
  ] as const)
    if (typeof json[key] === 'boolean') return json[key] ? { who: `${file} asks`, isObeyed, isWritten: true } : undefined;
  // A template was written by someone who knew these classes: then it holds.
  const isByClass = side === 'bos' && beginsByItself.test(String(own)) && !tokenizer.modelFacts().hasTemplate;
  return isByClass ? { who: `a ${own} does`, isObeyed: true, isWritten: false } : undefined;
}

/** The token as the configuration spells it, else by its number. */
function endOf(source: ModelSource, side: Side, tokenizer: Tokenizer): End | undefined {
  const given = source.tokenizerConfig[`${side}_token`];
  const spelling = typeof given === 'object' && given !== null && 'content' in given ? given.content : given;
  if (typeof spelling === 'string') {
    const id = tokenizer.findId(spelling);
    return id === undefined ? undefined : { id, text: spelling };
  }
  const id = specialId(source, `${side}_token_id`);
  const text = id === undefined ? undefined : tokenizer.findText(id);
  return id === undefined || text === undefined ? undefined : { id, text };
}

export interface Ended {
  readonly tokenizer: Tokenizer;
  /** What is to be said of the tokens of a text that this tokenizer made, given what tokenizer.json alone makes of it. */
  notesOn(plain: readonly Token[]): readonly RunNote[];
}

const places: Record<Side, string> = { bos: 'in front', eos: 'at the end' };

/** A token of one side, with who wants it; `isPut` is false where the tokenizer's class does not obey. */
interface Wanted {
  readonly side: Side;
  readonly end: End | undefined;
  readonly isPut: boolean;
  readonly who: string;
}

function wantedAt(source: ModelSource, side: Side, tokenizer: Tokenizer, choice: EndChoice): Wanted | undefined {
  const isChosen = choice === side || choice === 'both';
  const wish = choice === 'auto' ? wishOf(source, side, tokenizer) : undefined;
  if (!isChosen && !wish) return undefined;
  const end = endOf(source, side, tokenizer);
  if (isChosen && !end) refuse('usage', { detail: `No file of the model tells its ${side.toUpperCase()} token, so it cannot be added.` });
  if (!end && wish?.isWritten === false) return undefined;
  return { side, end, isPut: end !== undefined && (isChosen || wish?.isObeyed === true), who: wish?.who ?? 'you asked' };
}

function noteOn({ side, end, isPut, who }: Wanted): RunNote {
  if (!end) return { text: `${who} for a ${side.toUpperCase()} token that tokenizer.json does not know: it was left out`, isWarning: true };
  if (isPut) return { text: `${end.text} was put ${places[side]}, as ${who}`, isWarning: false };
  return { text: `${who} for ${end.text} ${places[side]}, which this kind of tokenizer does not add: it was left out`, isWarning: false };
}

/** Problem usage: a token is asked for by the user, and no file tells which one it is. */
export function withConfiguredEnds(tokenizer: Tokenizer, source: ModelSource, choice: EndChoice): Ended {
  const wanted = sides.flatMap((side) => wantedAt(source, side, tokenizer, choice) ?? []);
  const endsOf = (list: readonly Wanted[]): Ends => Object.fromEntries(list.map(({ side, end }) => [side, end]));
  const put = wanted.filter((one) => one.isPut);
  return {
    tokenizer: put.length > 0 ? withEnds(tokenizer, endsOf(put)) : tokenizer,
    notesOn: (plain) => {
      const missing = missingEnds(plain, endsOf(wanted));
      return wanted.filter(({ side, end }) => !end || missing[side]).map(noteOn);
    },
  };
}
