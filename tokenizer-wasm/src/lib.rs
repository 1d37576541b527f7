//! The `tokenizers` crate behind a few plain WebAssembly functions: one instance of the module holds one tokenizer.
//! Texts go in as UTF-8, results come out in one buffer (`output_pointer`, `output_length`); every fallible function
//! returns DONE, or FAILED with the reason in that buffer. No padding, no truncation, ranges in code points.

mod guard;
mod oniguruma;
mod pieces;
mod random;

use guard::Guard;
use serde_json::json;
use std::cell::RefCell;
use tokenizers::{Encoding, Tokenizer};

const DONE: u32 = 0;
const FAILED: u32 = 1;
/// The sequence of a token that belongs to neither text.
const NO_SEQUENCE: u32 = 2;

struct Loaded {
    tokenizer: Tokenizer,
    guard: Guard,
    /// The truncation of the file, in tokens; it is known but never applied.
    truncation: Option<usize>,
}

thread_local! {
    static LOADED: RefCell<Option<Loaded>> = const { RefCell::new(None) };
    static OUTPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Room for `length` bytes of input, to be given back with `release`. Empties the output, so that what stands there
/// after a trap is the message of that trap's panic.
#[no_mangle]
pub extern "C" fn allocate(length: usize) -> *mut u8 {
    put(vec![]);
    Box::into_raw(vec![0u8; length].into_boxed_slice()) as *mut u8
}

/// # Safety
/// `pointer` and `length` are those of one earlier `allocate`.
#[no_mangle]
pub unsafe extern "C" fn release(pointer: *mut u8, length: usize) {
    drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut(pointer, length)));
}

#[no_mangle]
pub extern "C" fn output_pointer() -> *const u8 {
    OUTPUT.with_borrow(|output| output.as_ptr())
}

#[no_mangle]
pub extern "C" fn output_length() -> usize {
    OUTPUT.with_borrow(|output| output.len())
}

/// Reads a tokenizer.json.
/// # Safety
/// `pointer` and `length` describe initialised memory of this module (so for every function below).
#[no_mangle]
pub unsafe extern "C" fn load(pointer: *const u8, length: usize) -> u32 {
    std::panic::set_hook(Box::new(|information| {
        put(information.payload_as_str().unwrap_or_default().as_bytes().to_vec());
    }));
    let json = std::slice::from_raw_parts(pointer, length);
    answer(read(json).map(|loaded| {
        LOADED.set(Some(loaded));
        vec![]
    }))
}

/// Encodes a text, or a text and its pair when `has_pair` is 1, with special tokens. Output: u32 count, then count × u32
/// each of ids, starts, ends, type ids, special (0 or 1), sequence (0, 1, NO_SEQUENCE), byte lengths of the tokens'
/// own spelling, then those spellings one after the other.
/// # Safety
/// See `load`.
#[no_mangle]
pub unsafe extern "C" fn encode(text: *const u8, text_length: usize, pair: *const u8, pair_length: usize, has_pair: u32) -> u32 {
    let text = std::slice::from_raw_parts(text, text_length);
    let pair = (has_pair == 1).then(|| std::slice::from_raw_parts(pair, pair_length));
    answer(with_loaded(|loaded| encoding_of(loaded, utf8(text)?, pair.map(utf8).transpose()?).map(|e| packed(&e))))
}

/// Decodes ids of four little-endian bytes each. Output: UTF-8.
/// # Safety
/// See `load`.
#[no_mangle]
pub unsafe extern "C" fn decode(pointer: *const u8, length: usize, skip_special: u32) -> u32 {
    let words = std::slice::from_raw_parts(pointer, length).chunks_exact(4);
    let ids: Vec<u32> = words.map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect();
    answer(with_loaded(|loaded| text_of(loaded.tokenizer.decode(&ids, skip_special == 1)).map(String::into_bytes)))
}

/// The id of a token's own spelling, or −1.
/// # Safety
/// See `load`.
#[no_mangle]
pub unsafe extern "C" fn token_to_id(pointer: *const u8, length: usize) -> f64 {
    let spelling = std::slice::from_raw_parts(pointer, length);
    with_loaded(|loaded| Ok(loaded.tokenizer.token_to_id(utf8(spelling)?))).ok().flatten().map_or(-1.0, f64::from)
}

/// The spelling of an id; FAILED where the vocabulary has none.
#[no_mangle]
pub extern "C" fn id_to_token(id: u32) -> u32 {
    answer(with_loaded(|loaded| {
        let token = loaded.tokenizer.id_to_token(id).ok_or_else(|| format!("the vocabulary has no id {id}"))?;
        Ok(token.into_bytes())
    }))
}

/// Number of tokens, added ones included.
#[no_mangle]
pub extern "C" fn vocabulary_size() -> usize {
    with_loaded(|loaded| Ok(loaded.tokenizer.get_vocab_size(true))).unwrap_or(0)
}

/// Output: JSON `{added: [[id, spelling, special], …] by id, truncation: the length the file asks for, or null}`.
#[no_mangle]
pub extern "C" fn facts() -> u32 {
    answer(with_loaded(|loaded| {
        let decoder = loaded.tokenizer.get_added_tokens_decoder();
        let mut added: Vec<_> = decoder.iter().map(|(id, token)| (id, &token.content, token.special)).collect();
        added.sort();
        Ok(json!({ "added": added, "truncation": loaded.truncation }).to_string().into_bytes())
    }))
}

fn read(json: &[u8]) -> Result<Loaded, String> {
    let mut tokenizer = text_of(Tokenizer::from_bytes(json))?;
    let truncation = tokenizer.get_truncation().map(|truncation| truncation.max_length);
    tokenizer.with_padding(None);
    text_of(tokenizer.with_truncation(None))?;
    oniguruma::level(&mut tokenizer)?;
    let guard = Guard::of(&tokenizer)?;
    Ok(Loaded { tokenizer, guard, truncation })
}

fn encoding_of(loaded: &Loaded, text: &str, pair: Option<&str>) -> Result<Encoding, String> {
    let Loaded { tokenizer, guard, .. } = loaded;
    guard.check(tokenizer, text)?;
    text_of(match pair {
        None => tokenizer.encode_char_offsets(text, true),
        Some(pair) => {
            guard.check(tokenizer, pair)?;
            tokenizer.encode_char_offsets((text, pair), true)
        }
    })
}

fn packed(encoding: &Encoding) -> Vec<u8> {
    let offsets = encoding.get_offsets();
    let tokens = encoding.get_tokens();
    let mut words = vec![encoding.len() as u32];
    words.extend(encoding.get_ids());
    words.extend(offsets.iter().map(|range| range.0 as u32));
    words.extend(offsets.iter().map(|range| range.1 as u32));
    words.extend(encoding.get_type_ids());
    words.extend(encoding.get_special_tokens_mask());
    words.extend(encoding.get_sequence_ids().iter().map(|sequence| sequence.map_or(NO_SEQUENCE, |index| index as u32)));
    words.extend(tokens.iter().map(|token| token.len() as u32));
    let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    tokens.iter().for_each(|token| bytes.extend(token.as_bytes()));
    bytes
}

fn with_loaded<T>(work: impl FnOnce(&Loaded) -> Result<T, String>) -> Result<T, String> {
    LOADED.with_borrow(|loaded| work(loaded.as_ref().ok_or("no tokenizer is loaded")?))
}

fn utf8(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|error| error.to_string())
}

fn text_of<T>(result: tokenizers::Result<T>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

fn answer(result: Result<Vec<u8>, String>) -> u32 {
    match result {
        Ok(bytes) => {
            put(bytes);
            DONE
        }
        Err(reason) => {
            put(reason.into_bytes());
            FAILED
        }
    }
}

fn put(bytes: Vec<u8>) {
    OUTPUT.set(bytes);
}
