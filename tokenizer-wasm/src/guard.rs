//! Tries the regular expressions of a tokenizer.json on a text before the tokenizer does.
//! The crate silently stops splitting where an expression gives up (too much backtracking), and it has no deadline:
//! both would be seen as wrong tokens or as no answer. Here both are errors. What it cannot stop is one single
//! match attempt that is slow without backtracking; whoever runs this in a worker must be able to end that worker.

use fancy_regex::Regex;
use tokenizers::{
    NormalizedString, Normalizer, NormalizerWrapper, OffsetReferential, OffsetType, PreTokenizer, PreTokenizerWrapper, Tokenizer,
};

/// Time for trying all expressions on one text; the tokenizer itself then takes about as long again.
const LIMIT_IN_MS: f64 = 2000.0;
/// … and per byte of the text; ordinary expressions need a tenth of it.
const LIMIT_PER_BYTE_IN_MS: f64 = 0.005;
/// The clock is a call out of WebAssembly, so it is not read at every match.
const MATCHES_PER_LOOK: usize = 64;
/// A single match attempt cannot be interrupted, so long texts are tried on starts of this many bytes, four times as
/// many and so on: one that is slow per byte would be 64 times as slow on the next start if its cost were cubic.
const FIRST_PROBE_IN_BYTES: usize = 2048;
const PROBE_STEP: usize = 4;
const PROBE_PER_BYTE_IN_MS: f64 = 4.0 * LIMIT_PER_BYTE_IN_MS;
const PROBE_GROWTH: f64 = 64.0;
/// A busy machine must not make an expression look slow: the best of these counts, unless one takes very long.
const PROBE_ATTEMPTS: usize = 3;
const PROBE_LIMIT_IN_MS: f64 = 500.0;
/// Replace steps that together may make a text longer than this many times are watched.
const WATCHED_GROWTH: usize = 64;

#[link(wasm_import_module = "env")]
extern "C" {
    fn now() -> f64;
}

struct Stage<T> {
    step: T,
    regex: Option<Regex>,
}

/// When the work on a text must end, and how long it may grow on the way.
struct Limits {
    end: f64,
    bytes: usize,
}

pub struct Guard {
    normalizers: Vec<Stage<NormalizerWrapper>>,
    pre_tokenizers: Vec<Stage<PreTokenizerWrapper>>,
}

impl Guard {
    /// The steps of the tokenizer that stand before or at an expression of its file; none where it has no expression.
    pub fn of(tokenizer: &Tokenizer) -> Result<Self, String> {
        let mut normalizers = vec![];
        flatten_normalizer(tokenizer.get_normalizer(), &mut normalizers)?;
        let mut pre_tokenizers = vec![];
        flatten_pre_tokenizer(tokenizer.get_pre_tokenizer(), &mut pre_tokenizers)?;
        if growth(&normalizers) <= WATCHED_GROWTH {
            keep_up_to_last_regex(&mut normalizers);
        }
        keep_up_to_last_regex(&mut pre_tokenizers);
        Ok(Self { normalizers, pre_tokenizers })
    }

    /// Ok when every expression got through the text in time.
    pub fn check(&self, tokenizer: &Tokenizer, text: &str) -> Result<(), String> {
        let limits = Limits {
            end: unsafe { now() } + LIMIT_IN_MS + LIMIT_PER_BYTE_IN_MS * text.len() as f64,
            bytes: WATCHED_GROWTH * text.len() + 1024,
        };
        self.check_normalizers(tokenizer, text, &limits)?;
        self.check_pre_tokenizers(tokenizer, text, &limits)
    }

    fn check_normalizers(&self, tokenizer: &Tokenizer, text: &str, limits: &Limits) -> Result<(), String> {
        if self.normalizers.is_empty() {
            return Ok(());
        }
        let pieces = tokenizer.get_added_vocabulary().extract_and_normalize::<NormalizerWrapper>(None, text);
        for (piece, _, tokens) in pieces.get_splits(OffsetReferential::Original, OffsetType::None) {
            if tokens.is_some() {
                continue;
            }
            let mut normalized = NormalizedString::from(piece);
            for stage in &self.normalizers {
                scan(&stage.regex, normalized.get(), limits)?;
                stage.step.normalize(&mut normalized).map_err(|error| error.to_string())?;
                if normalized.get().len() > limits.bytes {
                    return Err(format!("its normalizer makes this text more than {WATCHED_GROWTH} times as long"));
                }
            }
        }
        Ok(())
    }

    fn check_pre_tokenizers(&self, tokenizer: &Tokenizer, text: &str, limits: &Limits) -> Result<(), String> {
        if self.pre_tokenizers.is_empty() {
            return Ok(());
        }
        let mut pieces = tokenizer.get_added_vocabulary().extract_and_normalize(tokenizer.get_normalizer(), text);
        let last = self.pre_tokenizers.len() - 1;
        for (index, stage) in self.pre_tokenizers.iter().enumerate() {
            for (piece, _, tokens) in pieces.get_splits(OffsetReferential::Normalized, OffsetType::None) {
                if tokens.is_none() {
                    scan(&stage.regex, piece, limits)?;
                }
            }
            if index < last {
                stage.step.pre_tokenize(&mut pieces).map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }
}

fn keep_up_to_last_regex<T>(stages: &mut Vec<Stage<T>>) {
    let length = stages.iter().rposition(|stage| stage.regex.is_some()).map_or(0, |index| index + 1);
    stages.truncate(length);
}

fn scan(regex: &Option<Regex>, text: &str, limits: &Limits) -> Result<(), String> {
    let Some(regex) = regex else { return Ok(()) };
    let mut probe = FIRST_PROBE_IN_BYTES;
    while probe < text.len() {
        if is_slow(regex, &text[..text.floor_char_boundary(probe)], limits) {
            return Err(too_long(regex));
        }
        probe *= PROBE_STEP;
    }
    if unsafe { now() } > limits.end {
        return Err(too_long(regex));
    }
    match_all(regex, text, limits)
}

fn match_all(regex: &Regex, text: &str, limits: &Limits) -> Result<(), String> {
    for (count, found) in regex.find_iter(text).enumerate() {
        found.map_err(|error| format!("its expression {} gives up on this text ({error})", shortened(regex)))?;
        if count % MATCHES_PER_LOOK == 0 && unsafe { now() } > limits.end {
            return Err(too_long(regex));
        }
    }
    Ok(())
}

/// True when the next, longer start may not end in time. Whether the expression gives up on this start does not matter.
fn is_slow(regex: &Regex, start: &str, limits: &Limits) -> bool {
    for _ in 0..PROBE_ATTEMPTS {
        let begin = unsafe { now() };
        let _ = match_all(regex, start, limits);
        let elapsed = unsafe { now() } - begin;
        if elapsed <= PROBE_PER_BYTE_IN_MS * start.len() as f64 || begin + PROBE_GROWTH * elapsed <= limits.end {
            return false;
        }
        if elapsed > PROBE_LIMIT_IN_MS {
            return true;
        }
    }
    true
}

fn too_long(regex: &Regex) -> String {
    format!("its expression {} takes too long on this text", shortened(regex))
}

/// How many times longer the Replace steps can make a text at most.
fn growth(stages: &[Stage<NormalizerWrapper>]) -> usize {
    stages.iter().fold(1, |product: usize, stage| {
        let NormalizerWrapper::Replace(replace) = &stage.step else { return product };
        product.saturating_mul(replace.content.len() + 1)
    })
}

fn shortened(regex: &Regex) -> String {
    let expression = regex.as_str();
    let start: String = expression.chars().take(60).collect();
    if start.len() < expression.len() { format!("{start}…") } else { start }
}

fn flatten_normalizer(step: Option<&NormalizerWrapper>, stages: &mut Vec<Stage<NormalizerWrapper>>) -> Result<(), String> {
    match step {
        None => {}
        Some(NormalizerWrapper::Sequence(sequence)) => {
            for inner in sequence.as_ref() {
                flatten_normalizer(Some(inner), stages)?;
            }
        }
        Some(step) => {
            let regex = if matches!(step, NormalizerWrapper::Replace(_)) { regex_of(serde_json::to_value(step))? } else { None };
            stages.push(Stage { step: step.clone(), regex });
        }
    }
    Ok(())
}

fn flatten_pre_tokenizer(step: Option<&PreTokenizerWrapper>, stages: &mut Vec<Stage<PreTokenizerWrapper>>) -> Result<(), String> {
    match step {
        None => {}
        Some(PreTokenizerWrapper::Sequence(sequence)) => {
            for inner in sequence.as_ref() {
                flatten_pre_tokenizer(Some(inner), stages)?;
            }
        }
        Some(step) => {
            let regex = if matches!(step, PreTokenizerWrapper::Split(_)) { regex_of(serde_json::to_value(step))? } else { None };
            stages.push(Stage { step: step.clone(), regex });
        }
    }
    Ok(())
}

/// The expression of a Replace or Split step; none where its pattern is a plain string.
fn regex_of(step: serde_json::Result<serde_json::Value>) -> Result<Option<Regex>, String> {
    let step = step.map_err(|error| error.to_string())?;
    match step["pattern"]["Regex"].as_str() {
        None => Ok(None),
        Some(expression) => Regex::new(expression).map(Some).map_err(|error| error.to_string()),
    }
}
