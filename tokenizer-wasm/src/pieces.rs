//! Where the parts of a regular expression end: escapes, classes, intervals. It knows nothing of what they mean.

/// The end of the escape, class or interval at `start`, else of the one character.
pub fn end_of_piece(expression: &[char], start: usize) -> usize {
    match expression[start] {
        '\\' => end_of_escape(expression, start),
        '[' => end_of_class(expression, start),
        '{' => end_of_interval(expression, start).unwrap_or(start + 1),
        _ => start + 1,
    }
}

/// `\d`, `\p{L}`, `\x{1F600}`, `\k<name>`, `\x41`, `\u0041`.
pub fn end_of_escape(expression: &[char], start: usize) -> usize {
    let after = (start + 2).min(expression.len());
    let digits = |most: usize| expression[after..].iter().take(most).take_while(|digit| digit.is_ascii_hexdigit()).count();
    let closing = match expression.get(after) {
        Some('{') => '}',
        Some('<') => '>',
        _ => {
            return match expression.get(start + 1) {
                Some('x') => after + digits(2),
                Some('u') => after + digits(4),
                _ => after,
            }
        }
    };
    if !matches!(expression[start + 1], 'p' | 'P' | 'x' | 'u' | 'k' | 'g') {
        return after;
    }
    expression[after..].iter().position(|&character| character == closing).map_or(after, |length| after + length + 1)
}

fn end_of_class(expression: &[char], start: usize) -> usize {
    let mut index = start + 1 + usize::from(expression.get(start + 1) == Some(&'^'));
    index += usize::from(expression.get(index) == Some(&']'));
    while index < expression.len() && expression[index] != ']' {
        index = match expression[index] {
            '\\' => end_of_escape(expression, index),
            '[' => end_of_class(expression, index),
            _ => index + 1,
        };
    }
    (index + 1).min(expression.len())
}

/// `{3}`, `{1,3}`, `{1,}`, `{,3}`; none for a brace that is a character.
fn end_of_interval(expression: &[char], start: usize) -> Option<usize> {
    let length = expression[start + 1..].iter().position(|&character| character == '}')?;
    let inside: String = expression[start + 1..start + 1 + length].iter().collect();
    let (least, most) = inside.split_once(',').unwrap_or((&inside, ""));
    let are_digits = least.chars().chain(most.chars()).all(|digit| digit.is_ascii_digit());
    (are_digits && !(least.is_empty() && most.is_empty())).then_some(start + length + 2)
}
