// Texts and their tokens.

import type { ProblemEntry } from './entry';

export const texts = {
  tokenizerMissing: {
    exitStatus: 4,
    message: 'No tokenizer.json was found beside the model in {path}.',
    hint: 'Put the tokenizer.json of the model into its folder.',
  },
  tokenizerOtherForm: {
    exitStatus: 4,
    message: 'The folder {path} has no tokenizer.json, only {found}, which cannot be read here.',
    hint: "Make one with Python's transformers: AutoTokenizer.from_pretrained(FOLDER, use_fast=True).save_pretrained(FOLDER).",
  },
  tokenizerBroken: {
    exitStatus: 4,
    message: 'The tokenizer.json cannot be used: {reason}.',
    hint: 'Save it again with the `tokenizers` library (tokenizer.save("tokenizer.json")).',
  },
  tokenizerMismatch: {
    exitStatus: 4,
    message: 'The tokenizer does not belong to this model: token {token} has id {id}, the model knows {count}.',
    hint: 'Put the tokenizer.json of this model into its folder.',
  },
  textEmpty: {
    exitStatus: 4,
    message: 'There is nothing to inspect: the text is empty or only white space.',
    hint: 'Give a text with a word in it.',
    editorHint: 'Select some words, or put the caret into a sentence.',
  },
  textTooLong: {
    exitStatus: 4,
    message: 'The text has {count} tokens; this model takes {limit}.',
    hint: 'Use a shorter text, or --truncate to use its first part.',
    plainHint: 'Use a shorter text.',
    editorHint: 'Select a shorter text.',
  },
  textTooShort: {
    exitStatus: 4,
    message: 'This model takes exactly {limit} tokens and no attention mask; the text has {count}, and padding would take part in its attention.',
    hint: 'Use a longer text, or export the model with a free length or with an attention mask.',
  },
  textTooLarge: { exitStatus: 4, message: 'The text has {count} characters; at most {limit} can be tokenized at once.', hint: 'Use a part of it.' },
  targetMissing: {
    exitStatus: 4,
    message: 'This model has a decoder that needs a text of its own.',
    hint: 'Give the decoder text with --target.',
    plainHint: 'Use a command that takes one: capture or heads.',
    editorHint: 'So far such a model runs on the command line only: capture --target.',
  },
  pairUnused: {
    exitStatus: 2,
    message: 'This model takes no pairs: its tokenizer sets nothing between two texts.',
    hint: 'Leave out the second text.',
    editorHint: 'Inspect one text.',
  },
  targetUnused: { exitStatus: 2, message: 'This model has no decoder that takes a target text.', hint: 'Leave out the target text.' },
  noEditor: { exitStatus: 4, message: 'There is no text editor to take a text from.', hint: 'Open a text file, select some words and run the command again.' },
} as const satisfies Record<string, ProblemEntry>;
