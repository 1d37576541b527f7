//! Differences between the expression engines, levelled. Files are made for Oniguruma, where
//! - `x{1,3}+` repeats the interval, `(?:x{1,3})+`; here it would mean "without giving back";
//! - POSIX classes are those of Unicode; here they would be ASCII;
//! - `\w` has not the two joiners, and outside of classes it has the superscripts and fractions of Latin-1.
//!
//! Rarer differences stay (README.md).

use crate::pieces::{end_of_escape, end_of_piece};
use serde::{de::DeserializeOwned, Serialize};
use serde_json::Value;
use tokenizers::Tokenizer;

const WORD: &str = r"[[\w\xB2\xB3\xB9\xBC-\xBE]&&[^\x{200C}\x{200D}]]";
const WORD_IN_CLASS: &str = r"[\w&&[^\x{200C}\x{200D}]]";
const NO_WORD: &str = r"[[\W&&[^\xB2\xB3\xB9\xBC-\xBE]]\x{200C}\x{200D}]";
const NO_WORD_IN_CLASS: &str = r"[\W\x{200C}\x{200D}]";

/// What the POSIX classes of Oniguruma hold, as the inside of a class.
const POSIX: [(&str, &str); 12] = [
    ("alnum", r"\p{Alphabetic}\p{Nd}"),
    ("alpha", r"\p{Alphabetic}"),
    ("blank", r"\p{Zs}\t"),
    ("cntrl", r"\p{Cc}"),
    ("digit", r"\p{Nd}"),
    ("graph", r"[^\s\p{Cc}\p{Cn}]"),
    ("lower", r"\p{Lowercase}"),
    ("print", r"[^\s\p{Cc}\p{Cn}]\p{Zs}"),
    ("punct", r"\p{P}\p{S}"),
    ("space", r"\s"),
    ("upper", r"\p{Uppercase}"),
    ("word", WORD_IN_CLASS),
];

/// Rewrites the expressions of the normalizer and the pre-tokenizer; a file without such differences stays as it is.
pub fn level(tokenizer: &mut Tokenizer) -> Result<(), String> {
    if let Some(step) = levelled(tokenizer.get_normalizer())? {
        tokenizer.with_normalizer(Some(step));
    }
    if let Some(step) = levelled(tokenizer.get_pre_tokenizer())? {
        tokenizer.with_pre_tokenizer(Some(step));
    }
    Ok(())
}

fn levelled<T: Serialize + DeserializeOwned>(step: Option<&T>) -> Result<Option<T>, String> {
    let mut value = serde_json::to_value(step).map_err(|error| error.to_string())?;
    if !level_value(&mut value) {
        return Ok(None);
    }
    serde_json::from_value(value).map_err(|error| error.to_string())
}

/// True when an expression was changed.
fn level_value(value: &mut Value) -> bool {
    match value {
        Value::Array(items) => items.iter_mut().fold(false, |changed, item| level_value(item) || changed),
        Value::Object(fields) => fields.iter_mut().fold(false, |changed, (name, field)| match (name.as_str(), field) {
            ("Regex", Value::String(expression)) => level_expression(expression) || changed,
            (_, field) => level_value(field) || changed,
        }),
        _ => false,
    }
}

fn level_expression(expression: &mut String) -> bool {
    let levelled = levelled_expression(&expression.chars().collect::<Vec<_>>());
    let is_changed = levelled != *expression;
    *expression = levelled;
    is_changed
}

/// The expression with the meaning that it has in Oniguruma.
fn levelled_expression(expression: &[char]) -> String {
    let mut output = String::new();
    // Where the last atom, and every group that is still open, start in the output.
    let mut atom = 0;
    let mut groups = vec![];
    let mut index = 0;
    while index < expression.len() {
        let end = end_of_piece(expression, index);
        let piece = &expression[index..end];
        let start = output.len();
        match piece[0] {
            '\\' => output.push_str(&levelled_escape(piece, WORD, NO_WORD)),
            '[' => output.push_str(&levelled_class(piece)),
            _ => output.extend(piece),
        }
        match piece[0] {
            '(' => groups.push(start),
            ')' => atom = groups.pop().unwrap_or(start),
            '*' | '+' | '?' => {}
            '{' if piece.len() > 1 => {
                if expression.get(end) == Some(&'+') {
                    output.insert_str(atom, "(?:");
                    output.push(')');
                }
            }
            _ => atom = start,
        }
        index = end;
    }
    output
}

/// An escape, or one character as it is.
fn levelled_escape(escape: &[char], word: &str, no_word: &str) -> String {
    match escape.get(1) {
        Some('w') => word.to_string(),
        Some('W') => no_word.to_string(),
        _ => escape.iter().collect(),
    }
}

/// A class from its `[` to its `]`.
fn levelled_class(class: &[char]) -> String {
    let mut output = String::new();
    let mut index = 0;
    while index < class.len() {
        if let Some((inside, end)) = posix_class(class, index) {
            output.push_str(&inside);
            index = end;
            continue;
        }
        let end = if class[index] == '\\' { end_of_escape(class, index).min(class.len()) } else { index + 1 };
        output.push_str(&levelled_escape(&class[index..end], WORD_IN_CLASS, NO_WORD_IN_CLASS));
        index = end;
    }
    output
}

/// `[:name:]` or `[:^name:]` at `start`, as the inside of a class, and where it ends.
fn posix_class(class: &[char], start: usize) -> Option<(String, usize)> {
    if class.get(start..start + 2)? != ['[', ':'] {
        return None;
    }
    let length = class[start + 2..].iter().position(|&character| character == ':')?;
    let end = start + length + 4;
    let written: String = class[start + 2..start + 2 + length].iter().collect();
    let name = written.strip_prefix('^').unwrap_or(&written);
    let (_, inside) = POSIX.iter().find(|(known, _)| *known == name)?;
    (class.get(end - 1) == Some(&']')).then(|| {
        let inside = if written.starts_with('^') { format!("[^{inside}]") } else { inside.to_string() };
        (inside, end)
    })
}
