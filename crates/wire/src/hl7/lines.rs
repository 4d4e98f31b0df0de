//! A message as lines, one for each segment.

use std::borrow::Cow;

/// The segments as they stand. They end at CR, LF or both. A line break that no segment follows is one inside a field, which many
/// systems send unescaped: it is taken for a space, so that the fields after it aren't lost.
pub(super) fn lines(text: &str, field: char) -> Vec<Cow<'_, str>> {
    let mut lines: Vec<Cow<'_, str>> = Vec::new();
    for piece in text.split(['\r', '\n']).filter(|piece| !piece.is_empty()) {
        match lines.last_mut() {
            Some(before) if !begins_segment(piece, field) => {
                let before = before.to_mut();
                before.push(' ');
                before.push_str(piece);
            }
            _ => lines.push(Cow::Borrowed(piece)),
        }
    }
    lines
}

/// Whether a line belongs to the segment called `name`.
pub(super) fn is_called(line: &str, name: &str, field: char) -> bool {
    line.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(field))
}

/// A segment's name is a capital and two capitals or digits.
fn begins_segment(line: &str, field: char) -> bool {
    let [first, second, third, rest @ ..] = line.as_bytes() else { return false };
    let follows = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let ended = rest.first().is_none_or(|byte| char::from(*byte) == field);
    first.is_ascii_uppercase() && follows(second) && follows(third) && ended
}
