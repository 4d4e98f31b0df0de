//! The two filters that the component templates use in a way of their own.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind};

/// The length, where what is not there, or has none, counts as empty.
pub(super) fn length(value: &Value) -> usize {
    value.len().unwrap_or(0)
}

/// Cuts to a number of characters; with `kill_words` false at the last space before it.
pub(super) fn truncate(
    text: &Value,
    length: Option<usize>,
    kill_words: Option<bool>,
    end: Option<&str>,
) -> Result<String, Error> {
    if text.kind() != ValueKind::String {
        return Err(Error::new(ErrorKind::InvalidOperation, "truncate takes a text"));
    }
    let text = text.as_str().unwrap_or_default();
    let length = length.unwrap_or(255);
    let Some((cut, _)) = text.char_indices().nth(length) else {
        return Ok(text.to_owned());
    };
    let mut kept = &text[..cut];
    if !kill_words.unwrap_or(false) {
        kept = kept.rsplit_once(' ').map_or(kept, |(words, _)| words);
    }
    Ok(format!("{kept}{}", end.unwrap_or("...")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_length_is_empty() {
        assert_eq!(length(&Value::UNDEFINED), 0);
        assert_eq!(length(&Value::from("né")), 2);
        assert_eq!(length(&Value::from(vec![1, 2, 3])), 3);
    }

    #[test]
    fn texts_are_cut_between_characters() {
        let text = Value::from("épée de fer");
        assert_eq!(truncate(&text, Some(6), Some(true), Some("")).unwrap(), "épée d");
        assert_eq!(truncate(&text, Some(6), None, None).unwrap(), "épée...");
        assert_eq!(truncate(&text, None, None, None).unwrap(), "épée de fer");
    }
}
