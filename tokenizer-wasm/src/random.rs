//! The source of randomness: a fixed sequence, so that one text always gives one list of tokens.
//! Only hash seeds and BPE dropout (where a file asks for it) draw from it; nothing secret does.

use std::cell::Cell;

thread_local!(static STATE: Cell<u64> = const { Cell::new(0x9E37_79B9_7F4A_7C15) });

#[no_mangle]
unsafe extern "Rust" fn __getrandom_v03_custom(target: *mut u8, length: usize) -> Result<(), getrandom::Error> {
    for index in 0..length {
        let mut state = STATE.get();
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        STATE.set(state);
        target.add(index).write(state as u8);
    }
    Ok(())
}
