//! The characters that structure a message (MSH-1, MSH-2), and the escapes that stand for them (HL7 2.5.1 section 2.7).

use hl7_parser::message::Separators;

use super::charset::Charset;

/// The separators that the start of a message declares: five different printable ASCII characters that are neither letter nor digit,
/// and nothing else before the next field.
pub(super) fn declared(text: &str) -> Option<Separators> {
    let after = text.strip_prefix("MSH")?;
    let mut chars = after.chars();
    let mut next = || chars.next().filter(char::is_ascii_punctuation);
    let found = Separators {
        field: next()?,
        component: next()?,
        repetition: next()?,
        escape: next()?,
        subcomponent: next()?,
        lenient_newlines: false,
    };
    let all = [found.field, found.component, found.repetition, found.escape, found.subcomponent];
    let different = all.iter().enumerate().all(|(place, c)| !all[..place].contains(c));
    // Every declared character takes one byte.
    let ended = after.get(5..)?.chars().next();
    (different && ended.is_none_or(|c| c == found.field)).then_some(found)
}

/// The text that a value with escapes stands for. What is no escape stays as it is; highlighting is dropped.
///
/// The parser's own decoder takes characters for bytes and fails on names that aren't ASCII.
pub(super) fn unescape(value: &str, separators: &Separators, charset: Charset) -> String {
    let mut parts = value.split(separators.escape);
    let mut text = parts.next().unwrap_or_default().to_owned();
    while let Some(part) = parts.next() {
        let Some(meant) = escaped(part, separators, charset) else {
            text.push(separators.escape);
            text.push_str(part);
            continue;
        };
        // Something must close it.
        if let Some(after) = parts.next() {
            text.push_str(&meant);
            text.push_str(after);
        } else {
            text.push(separators.escape);
            text.push_str(part);
        }
    }
    text
}

fn escaped(name: &str, separators: &Separators, charset: Charset) -> Option<String> {
    let one = match name {
        "F" => separators.field,
        "S" => separators.component,
        "T" => separators.subcomponent,
        "R" => separators.repetition,
        "E" => separators.escape,
        "H" | "N" => return Some(String::new()),
        // Line breaks, indents and the like.
        _ if name.starts_with('.') => ' ',
        _ => return name.strip_prefix('X').and_then(|digits| hex(digits, charset)),
    };
    Some(one.to_string())
}

fn hex(digits: &str, charset: Charset) -> Option<String> {
    let digits = digits.as_bytes();
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes: Option<Vec<u8>> =
        pairs.iter().map(|[high, low]| Some(value(*high)? * 16 + value(*low)?)).collect();
    bytes.filter(|bytes| rest.is_empty() && !bytes.is_empty()).map(|bytes| charset.decode(&bytes))
}
