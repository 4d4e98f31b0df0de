//! Texts that say the same in other letters: "JADE MOCKFORD" and "Jade Mockford".

/// What two texts have in common when letter case and white space do not count.
pub(super) fn fold(text: &str) -> String {
    text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// Puts the better-written of two texts that say the same in the place of the first: one in capitals and small letters beats one
/// in capitals, or in small letters, alone. How a name in capitals is properly written is never guessed.
pub(super) fn better(kept: &mut String, other: &str) {
    if !is_mixed(kept) && is_mixed(other) && fold(kept) == fold(other) {
        other.clone_into(kept);
    }
}

/// A label as it begins a line: with a capital.
pub(super) fn capitalised(label: &str) -> String {
    let mut chars = label.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}

fn is_mixed(text: &str) -> bool {
    // "Mother: MOCKFORD, Ruby": what counts is neither the label nor a family name, which stands in capitals by the NHS's custom.
    let name = text.rsplit_once(": ").map_or(text, |(_, name)| name);
    let given = name.split_once(", ").map_or(name, |(_, given)| given);
    given.chars().any(char::is_uppercase) && given.chars().any(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mixed_form_is_shown_and_nothing_is_guessed() {
        for (one, other, shown) in [
            ("JADE MOCKFORD", "Jade Mockford", "Jade Mockford"),
            ("jade mockford", "Jade  Mockford", "Jade  Mockford"),
            ("Jade Mockford", "JADE MOCKFORD", "Jade Mockford"),
            ("JADE MOCKFORD", "JADE MOCKFORD", "JADE MOCKFORD"),
            ("JADE MCDONALD", "Jade McDonald", "Jade McDonald"),
            ("Mother: JADE MOCKFORD", "Mother: Jade Mockford", "Mother: Jade Mockford"),
            ("MOCKFORD, RUBY", "MOCKFORD, Ruby", "MOCKFORD, Ruby"),
            ("ŚWIĘTEK, ZOË", "ŚWIĘTEK, Zoë", "ŚWIĘTEK, Zoë"),
            ("JADE MOCKFORD", "Jade Mackford", "JADE MOCKFORD"),
            ("محمد", "محمد", "محمد"),
        ] {
            let mut kept = one.to_owned();
            better(&mut kept, other);
            assert_eq!(kept, shown);
        }
        assert_eq!(capitalised("mother"), "Mother");
        assert_eq!(capitalised("élève"), "Élève");
        assert_eq!(capitalised(""), "");
    }
}
